// Clicks on a card in the local Slack workspace, answered by the real app.
import { describe, expect, it } from 'vitest'
import { ines, marek, noon } from '../support/fixed-values.ts'
import { aPausedRollout, aRollout, ready } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { answerTo, channel, openBot } from './support/open-bot.ts'

async function withCard(rollout = aRollout({ readiness: ready })) {
  const service = fakeService({ rollouts: [rollout] })
  const open = await openBot({ service })
  await open.bot.deliver({ kind: 'card', rolloutId: rollout.id, stageIndex: Math.max(0, rollout.stageIndex) })
  const card = () => open.workspace.messages(channel)[0]
  const { ts } = card() ?? { ts: '' }
  const click = (actionId: string, user = ines.id) => open.workspace.click({ user, channel, ts, actionId })
  const shows = (text: string) => open.workspace.waitFor(() => JSON.stringify(card()).includes(text), 2000)
  const modal = async (user = ines.id) => {
    await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
    return open.workspace.views(user).at(-1)
  }
  return { ...open, service, rollout, card, ts, click, shows, modal }
}

describe('Advance', () => {
  it('advances at once when the stage is ready, and the card says who it was', async () => {
    const { click, service, shows, card } = await withCard()
    expect(await click('advance')).toMatchObject({ ok: true })
    await shows('Advanced to stage 3')
    expect(service.commanded).toMatchObject([{ verb: { verb: 'advance', why: null }, by: ines }])
    expect(service.commanded[0]?.commandId).toMatch(/^slack:[\d.]+:U0TESTENG1$/)
    expect(JSON.stringify(card()?.blocks)).not.toContain('"advance"')
    expect(card()?.text).toContain('advanced to stage 3 by Ines Duarte')
  })

  it('asks for a reason when it is not ready, naming what is open, and records an override', async () => {
    const { click, service, modal, workspace, shows } = await withCard(aRollout())
    await click('advance')
    const view = await modal()
    expect(JSON.stringify(view?.blocks)).toContain('60 of 100 first attempts')
    expect(service.commanded).toEqual([])
    await workspace.submitView({
      user: ines.id,
      viewId: view?.id ?? '',
      values: { reason: 'fixture was dirty' },
    })
    await shows('Advanced to stage 3')
    expect(service.commanded).toMatchObject([
      { verb: { verb: 'advance', why: 'fixture was dirty', override: true } },
    ])
  })

  it('on a stale card is refused with who moved it, and the card is drawn anew', async () => {
    const { click, service, shows, workspace, rollout, ...open } = await withCard()
    const lastDecision = { what: 'paused it', by: marek, at: noon, why: null }
    const pause = { reason: 'person', why: 'lunch', by: marek, at: noon }
    service.rollouts = [{ ...rollout, status: 'paused', pause, version: 8, lastDecision }]
    await click('advance')
    await answerTo(
      { ...open, workspace, service },
      ines.id,
      'Marek Nowak paused it at 12:00.',
      'Look at the card as it is now',
    )
    await shows('*Paused* by Marek Nowak')
    expect(service.rollouts[0]?.stageIndex).toBe(1)
  })

  it('that meets a database that is away is owned up to whoever clicked, alone, and works once it is back', async () => {
    const { click, service, shows, workspace, ...open } = await withCard()
    const { command } = service
    service.command = () =>
      Promise.reject(Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' }))
    expect(await click('advance')).toMatchObject({ ok: true })
    await answerTo(
      { ...open, workspace, service },
      ines.id,
      'Firstpass failed to do this. Look at the card before you try again',
    )
    expect(workspace.messages(channel)).toHaveLength(1)
    service.command = command
    await click('advance')
    await shows('Advanced to stage 3')
    expect(service.commanded).toHaveLength(1)
  })

  it('shows the moment of a refusal in the reader’s own time zone', async () => {
    const { click, service, workspace, ...open } = await withCard()
    const why = 'the rollout has moved on: Marek Nowak paused at 2026-11-20T12:00:00.000Z'
    service.refusal = { refused: 'stale', why, next: 'Look at the current card, then decide again.' }
    await click('advance')
    const says =
      'The rollout has moved on: Marek Nowak paused at <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC>'
    await answerTo({ ...open, workspace, service }, ines.id, says)
  })

  it('clicked twice is one advance: the second click is told of the first', async () => {
    const { click, service, workspace, ...open } = await withCard()
    await Promise.all([click('advance'), click('advance')])
    await answerTo({ ...open, workspace, service }, ines.id, 'Ines Duarte advanced to stage 3')
    expect(service.rollouts[0]?.stageIndex).toBe(2)
    expect(new Set(service.commanded.map((each) => each.commandId)).size).toBe(2)
  })
})

describe('Pause and Resume', () => {
  it('decide at once', async () => {
    const { click, service, shows } = await withCard()
    await click('pause')
    await shows('*Paused* by Ines Duarte')
    await click('resume')
    await shows('stage 2 of 4')
    expect(service.commanded.map((each) => each.verb.verb)).toEqual(['pause', 'resume'])
  })
})

describe('Abort', () => {
  it('is two clicks away without a word typed', async () => {
    const { click, service, modal, workspace } = await withCard()
    await click('abort')
    const view = await modal()
    expect(JSON.stringify(view?.blocks)).toContain('Takes *3')
    expect(await workspace.submitView({ user: ines.id, viewId: view?.id ?? '' })).toMatchObject({ ok: true })
    expect(service.commanded).toMatchObject([
      {
        verb: { verb: 'abort', why: 'Stopped first, the reason follows' },
        against: { deploymentId: aRollout().deployment.id },
      },
    ])
    expect(service.commanded[0]?.against).not.toHaveProperty('version')
    expect(workspace.views(ines.id)).toEqual([])
  })

  it('takes a reason in the person’s own words', async () => {
    const { click, service, modal, workspace } = await withCard()
    await click('abort')
    const view = await modal()
    await workspace.submitView({
      user: ines.id,
      viewId: view?.id ?? '',
      values: { reason: 'smoke from FCT-02', choice: '3' },
    })
    expect(service.commanded).toMatchObject([{ verb: { why: 'Errors or timeouts: smoke from FCT-02' } }])
  })

  it('goes through although a gate paused the rollout while the form was open', async () => {
    const { click, service, modal, workspace, rollout } = await withCard()
    await click('abort')
    const view = await modal()
    service.rollouts = [{ ...rollout, version: 9, status: 'paused' }]
    expect(await workspace.submitView({ user: ines.id, viewId: view?.id ?? '' })).toMatchObject({ ok: true })
    expect(service.rollouts[0]?.lastDecision.what).toBe('abort')
  })

  it('that is refused keeps the form open with the reason that was typed', async () => {
    const { click, service, modal, workspace } = await withCard()
    await click('abort')
    const view = await modal()
    service.refusal = { refused: 'terminal', why: 'Marek aborted it at 2026-11-20T11:58:00.000Z.', next: '' }
    await workspace.submitView({ user: ines.id, viewId: view?.id ?? '', values: { reason: 'smoke' } })
    const still = workspace.views(ines.id).at(-1)
    expect(still?.errors).toEqual({ reason: 'Marek aborted it at 2026-11-20 11:58 UTC.' })
    expect(JSON.stringify(still?.values)).toContain('smoke')
  })

  it('stays possible for a known person while Slack cannot be asked who they are; the other verbs do not', async () => {
    const { click, service, modal, workspace, clock, ...open } = await withCard()
    await click('pause')
    await workspace.waitFor(() => service.commanded.length === 1, 2000)
    clock.now += 61_000
    workspace.faults.set({ kind: 'error500', methods: ['users.info'] })
    await click('resume')
    await answerTo({ ...open, workspace, clock, service }, ines.id, 'Slack cannot be asked who you are')
    await click('abort')
    const view = await modal()
    await workspace.submitView({ user: ines.id, viewId: view?.id ?? '' })
    expect(service.commanded.map((each) => each.verb.verb)).toEqual(['pause', 'abort'])
  })

  it('stays closed to somebody never seen while Slack cannot be asked', async () => {
    const { click, service, modal, workspace } = await withCard()
    workspace.faults.set({ kind: 'error500', methods: ['users.info'] })
    await click('abort', marek.id)
    const view = await modal(marek.id)
    await workspace.submitView({ user: marek.id, viewId: view?.id ?? '' })
    expect(workspace.views(marek.id).at(-1)?.errors.reason).toContain('Slack cannot be asked who you are')
    expect(service.commanded).toEqual([])
  })
})

describe('Approve', () => {
  it('stands on a rollout that waits for it', async () => {
    const waits = { kind: 'approvals', met: false, text: '0 of 1 approvals', done: 0, needed: 1 }
    const pending = aRollout({
      status: 'pending',
      stageIndex: -1,
      readiness: { ready: false, items: [waits] },
    })
    const { click, service, workspace } = await withCard(pending)
    await click('approve', marek.id)
    await workspace.waitFor(() => service.commanded.length === 1, 2000)
    expect(service.commanded).toMatchObject([{ verb: { verb: 'approve' }, by: marek }])
  })
})

describe('the link to the page', () => {
  it('is acknowledged, and nothing is decided by it', async () => {
    const { click, service } = await withCard()
    expect(await click('link_page')).toMatchObject({ ok: true })
    expect(service.commanded).toEqual([])
  })

  it('is acknowledged on the card of a rollout that has ended', async () => {
    const { click } = await withCard(aRollout({ status: 'completed', stageIndex: 3, endedAt: noon }))
    expect(await click('link_page')).toMatchObject({ ok: true })
  })
})

describe('a click by a guest', () => {
  it('is refused and changes nothing', async () => {
    const { click, service, workspace, ...open } = await withCard(aPausedRollout({ readiness: ready }))
    await click('advance', 'U0GUEST001')
    await answerTo({ ...open, workspace, service }, 'U0GUEST001', 'Guests may not use rollouts')
    expect(service.commanded).toEqual([])
  })
})

describe('a crowd on an old card', () => {
  it('is told one by one, and the card is drawn anew for all of them together', async () => {
    const { click, service, shows, workspace, rollout } = await withCard()
    const lastDecision = { what: 'paused it', by: marek, at: noon, why: null }
    const pause = { reason: 'person', why: 'lunch', by: marek, at: noon } as const
    service.rollouts = [{ ...rollout, status: 'paused', pause, version: 8, lastDecision }]
    const get = service.get
    let views = 0
    service.get = (id) => {
      views += 1
      return get(id)
    }
    await Promise.all(Array.from({ length: 20 }, () => click('pause')))
    const told = () =>
      workspace.ephemerals(ines.id).filter((each) => JSON.stringify(each).includes('paused it'))
    await workspace.waitFor(() => told().length === 20, 10_000)
    await shows('*Paused* by Marek Nowak')
    expect(views).toBeLessThan(10)
  })
})
