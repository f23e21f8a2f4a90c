// The Home in the real app: who sees what, what the buttons do, and how it keeps up with what happens.
import { describe, expect, it, vi } from 'vitest'
import { homeIds } from '../../bot/blocks/home-buttons.ts'
import { rolloutId } from '../../server/domain/ids.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { ines, marek, noon, uuid } from '../support/fixed-values.ts'
import { aPausedRollout, aRollout, ready } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { type Door, openBot } from './support/open-bot.ts'

const home = { kind: 'home' as const, rolloutId: rolloutId.parse(uuid(3, 1)) }
const guest = 'U0GUEST001'
const member = {
  id: ines.id,
  name: 'ines',
  realName: ines.name,
  email: 'ines@factory.test',
  isRestricted: false,
}

async function withRollouts(rollouts: RolloutView[], options: { door?: Door } = {}) {
  const service = fakeService({ rollouts })
  const open = await openBot({ service, ...options })
  const { workspace } = open
  const shown = (user = ines.id) => JSON.stringify(workspace.home(user)?.blocks ?? '')
  const until = (text: string, user = ines.id) => workspace.waitFor(() => shown(user).includes(text), 2000)
  const publishes = () => workspace.calls().filter((call) => call.method === 'views.publish')
  const worked: Promise<unknown>[] = []
  open.store.onEvent = (eventId, body) => {
    worked.push(open.bot.deliver({ kind: 'event', eventId, body }))
  }
  const look = async (user = ines.id) => {
    await workspace.openHome(user)
    await Promise.all(worked)
  }
  const click = (actionId: string, user = ines.id) =>
    workspace.click({ user, actionId, viewId: workspace.home(user)?.id ?? 'none' })
  const becomes = (part: Partial<RolloutView>) => {
    service.rollouts = service.rollouts.map((each) => ({ ...each, ...part }))
  }
  return { ...open, service, shown, until, publishes, look, click, becomes }
}

describe('the Home', () => {
  it.each(['http', 'socket'] as const)('is drawn for who opens it, over %s', async (door) => {
    const open = await withRollouts([aRollout({ readiness: ready })], { door })
    await open.look()
    expect(open.shown()).toContain('Ready to advance')
    expect(open.shown()).toContain('PCBA-FCT 2.4.1')
  })

  it('of a guest holds nothing of any rollout, and is not kept up to date', async () => {
    const open = await withRollouts([aRollout()])
    await open.look(guest)
    expect(open.shown(guest)).toContain('Guests may not use rollouts')
    expect(open.shown(guest)).not.toContain('PCBA-FCT')
    expect(await open.store.people.lookingAtHome(0)).toEqual([])
  })

  it('loses all it showed when its person may not look any more', async () => {
    const users = [member]
    const service = fakeService({ rollouts: [aRollout()] })
    const { bot, workspace, clock } = await openBot({ service, workspace: { users } })
    const shown = () => JSON.stringify(workspace.home(ines.id)?.blocks ?? '')
    await workspace.openHome(ines.id)
    await workspace.waitFor(() => shown().includes('PCBA-FCT'), 2000)
    users.splice(0, 1, { ...member, isRestricted: true })
    clock.now += 61_000
    await bot.deliver(home)
    expect(shown()).not.toContain('PCBA-FCT')
    expect(shown()).toContain('Guests may not use rollouts')
  })

  it('is not drawn for the tab of messages beside it', async () => {
    const open = await withRollouts([aRollout()])
    await open.workspace.openHome(ines.id, 'messages')
    await open.look(marek.id)
    expect(open.workspace.home(ines.id)).toBe(undefined)
  })

  it('shows no rollout of another workspace', async () => {
    const { procedure } = aRollout()
    const others = aRollout({
      id: rolloutId.parse(uuid(1, 2)),
      procedure: { ...procedure, name: 'SECRET', team: 'T0OTHER001' },
    })
    const open = await withRollouts([aRollout(), others])
    await open.look()
    expect(open.shown()).toContain('PCBA-FCT')
    expect(open.shown()).not.toContain('SECRET')
  })

  it('lists what has ended in the last days, and nothing older', async () => {
    const open = await withRollouts([])
    const ended = (number: number, name: string, endedAt: number) =>
      aRollout({
        id: rolloutId.parse(uuid(1, number)),
        status: 'completed',
        procedure: { ...aRollout().procedure, name },
        endedAt,
      })
    const day = 86_400_000
    open.service.rollouts = [
      ended(1, 'LATELY', open.clock.now - day),
      ended(2, 'LONG-AGO', open.clock.now - 8 * day),
    ]
    await open.look()
    expect(open.shown()).toContain('LATELY')
    expect(open.shown()).not.toContain('LONG-AGO')
  })
})

describe('a button of the Home', () => {
  it('decides as a card’s does, and shows the change to who clicked', async () => {
    const open = await withRollouts([aRollout({ readiness: ready })])
    await open.look()
    await open.click(homeIds.advance)
    await open.until('stage 3 of 4')
    expect(open.service.commanded).toMatchObject([
      { verb: { verb: 'advance' }, by: ines, against: { stageIndex: 1, version: 7 } },
    ])
  })

  it.each([
    [homeIds.pause, 'pause', aRollout()],
    [
      homeIds.resume,
      'resume',
      aRollout({
        status: 'paused',
        owner: ines,
        pause: { reason: 'person', why: 'lunch', by: marek, at: noon },
      }),
    ],
  ])('%s is carried out', async (actionId, verb, view) => {
    const open = await withRollouts([view])
    await open.look()
    await open.click(actionId)
    await vi.waitFor(() => expect(open.service.commanded.map((each) => each.verb.verb)).toEqual([verb]))
  })

  it('that comes too late is answered on the Home itself, until it is drawn again', async () => {
    const open = await withRollouts([aRollout({ readiness: ready })])
    await open.look()
    open.becomes({ version: 8, lastDecision: { what: 'paused', by: marek, at: noon, why: null } })
    await open.click(homeIds.advance)
    await open.until('*Not done.* Marek Nowak paused')
    expect(open.workspace.messages(ines.id)).toEqual([])
    await open.look()
    expect(open.shown()).not.toContain('Not done')
  })

  it('is not offered to who may not, and refused when they click it all the same', async () => {
    const open = await withRollouts([aRollout({ readiness: ready })])
    const onlyMarek = { groups: [], users: [marek.id] }
    await open.look()
    open.service.policies.onlyFor({ decide: onlyMarek, stop: onlyMarek })
    await open.click(homeIds.advance)
    await open.until(`*Not done.* You tried to`)
    expect(open.shown()).toContain('Nothing waits for you')
    expect(open.shown()).not.toContain(homeIds.advance)
    await open.click(homeIds.pause)
    await open.workspace.waitFor(() => open.publishes().length > 2, 2000)
    expect(open.service.commanded).toEqual([])
    expect(open.workspace.messages(ines.id)).toEqual([])
  })

  it('that nobody drew is refused like any other', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    open.becomes({ id: rolloutId.parse(uuid(1, 77)) })
    await open.click(homeIds.pause)
    await open.until('There is no such rollout')
  })

  it('of somebody who was a member is answered with nothing but the refusal', async () => {
    const users = [member]
    const service = fakeService({ rollouts: [aRollout()] })
    const { workspace, clock } = await openBot({ service, workspace: { users } })
    const shown = () => JSON.stringify(workspace.home(ines.id)?.blocks ?? '')
    await workspace.openHome(ines.id)
    await workspace.waitFor(() => shown().includes('PCBA-FCT'), 2000)
    users.splice(0, 1, { ...member, isRestricted: true })
    clock.now += 61_000
    await workspace.click({
      user: ines.id,
      actionId: homeIds.pause,
      viewId: workspace.home(ines.id)?.id ?? '',
    })
    await workspace.waitFor(() => shown().includes('Guests may not use rollouts'), 2000)
    expect(shown()).not.toContain('PCBA-FCT')
    expect(service.commanded).toEqual([])
  })

  it('whose refusal cannot be shown there is answered directly', async () => {
    const open = await withRollouts([aRollout({ readiness: ready })])
    await open.look()
    open.becomes({ version: 8 })
    open.workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 30, methods: ['views.publish'] })
    await open.click(homeIds.advance)
    await open.workspace.waitFor(() => open.workspace.messages(ines.id).length > 0, 2000)
    expect(open.workspace.messages(ines.id)[0]?.text).toContain('advanced to stage 2')
  })

  it.each([
    [homeIds.abort, 'abort'],
    [homeIds.acknowledge, 'acknowledge'],
  ])('%s asks for a reason first; the Home follows when the form is done', async (actionId, verb) => {
    const open = await withRollouts([aPausedRollout()])
    await open.look()
    await open.click(actionId)
    await open.workspace.waitFor(() => open.workspace.views(ines.id).length > 0, 2000)
    const before = open.publishes().length
    const viewId = open.workspace.views(ines.id)[0]?.id ?? ''
    await open.workspace.submitView({ user: ines.id, viewId, values: { reason: 'seen on line 3' } })
    await open.workspace.waitFor(() => open.publishes().length > before, 2000)
    expect(open.service.commanded.map((each) => each.verb.verb)).toEqual([verb])
  })

  it('opens the form that starts a rollout', async () => {
    const open = await withRollouts([])
    await open.look()
    await open.click(homeIds.start)
    await open.workspace.waitFor(() => open.workspace.views(ines.id).length > 0, 2000)
  })

  it('turns direct messages on for oneself, and off', async () => {
    const open = await withRollouts([])
    const wish = () => open.store.people.find(open.workspace.team.teamId, ines.id)
    await open.look()
    await open.click(homeIds.direct)
    await open.until('Stop messaging me')
    expect(await wish()).toEqual({ direct: true })
    await open.click(homeIds.direct)
    await open.until('Message me about mine')
    expect(await wish()).toEqual({ direct: false })
  })
})

describe('a change', () => {
  it('is drawn for those who look, at most once a minute each', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    open.becomes({ status: 'paused', pause: { reason: 'person', why: 'lunch', by: marek, at: noon } })
    open.clock.now += 20_000
    expect(await open.bot.deliver(home)).toMatchObject({ delivered: false, waitSeconds: 40 })
    expect(open.publishes()).toHaveLength(1)
    open.clock.now += 40_000
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(open.shown()).toContain('*paused*')
    expect(open.publishes()).toHaveLength(2)
  })

  it('of one rollout leaves those of others to the drawing that is to come', async () => {
    const open = await withRollouts([aRollout()])
    const other = { ...home, rolloutId: rolloutId.parse(uuid(3, 2)) }
    await open.look()
    open.clock.now += 20_000
    expect(await open.bot.deliver(home)).toMatchObject({ delivered: false, waitSeconds: 40 })
    expect(await open.bot.deliver(other)).toEqual({ delivered: true })
    open.clock.now += 40_000
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(await open.bot.deliver(other)).toMatchObject({ delivered: false, waitSeconds: 60 })
    // The one that was to draw never came: somebody else does.
    open.clock.now += 91_000
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(open.publishes()).toHaveLength(3)
  })

  it('is read once for all who look', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    await open.look(marek.id)
    open.clock.now += 61_000
    const get = vi.spyOn(open.service, 'get')
    await open.bot.deliver(home)
    expect(open.publishes()).toHaveLength(4)
    expect(get).toHaveBeenCalledTimes(1)
  })

  it('is drawn for nobody who has not looked for hours', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    open.clock.now += 5 * 3_600_000
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(open.publishes()).toHaveLength(1)
  })

  it('waits as long as Slack says, and then reaches those who were left', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    await open.look(marek.id)
    open.clock.now += 61_000
    open.workspace.faults.set({
      kind: 'ratelimited',
      retryAfterSeconds: 17,
      methods: ['views.publish'],
      times: 1,
    })
    expect(await open.bot.deliver(home)).toMatchObject({ delivered: false, waitSeconds: 17 })
    const before = open.publishes().length
    open.clock.now += 16_000
    expect(await open.bot.deliver(home)).toMatchObject({ delivered: false, waitSeconds: 1 })
    open.clock.now += 1000
    await open.bot.deliver(home)
    expect(open.publishes().length - before).toBe(2)
  })

  it('whose Home cannot be drawn for one reaches the others', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    await open.look(marek.id)
    open.clock.now += 61_000
    open.workspace.faults.set({
      kind: 'error',
      error: 'user_not_found',
      methods: ['views.publish'],
      times: 1,
    })
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(open.publishes().filter((call) => call.ok)).toHaveLength(3)
    expect(open.logged.some((line) => line.includes('a Home could not be drawn'))).toBe(true)
  })

  it('is read again when another process has drawn the Home since', async () => {
    const open = await withRollouts([aRollout()])
    await open.look()
    open.clock.now += 61_000
    open.workspace.faults.set({ kind: 'error', error: 'hash_conflict', methods: ['views.publish'], times: 1 })
    const get = vi.spyOn(open.service, 'get')
    expect(await open.bot.deliver(home)).toEqual({ delivered: true })
    expect(get).toHaveBeenCalledTimes(2)
    expect(open.publishes().map((call) => 'hash' in call.args)).toEqual([false, true, false])
  })
})
