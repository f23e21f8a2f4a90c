// Containment in the local Slack workspace: told once an episode in the card's thread, signed off with a note.
import { describe, expect, it } from 'vitest'
import { containmentMessage, containmentUrl } from '../../bot/blocks/containment-message.ts'
import { containmentModal } from '../../bot/blocks/containment-modal.ts'
import type { Containment } from '../../server/domain/containment.ts'
import { minute } from '../../server/domain/instant.ts'
import { aContainment, aSignOff } from '../support/containment-builder.ts'
import { ines, marek, noon } from '../support/fixed-values.ts'
import { aPausedRollout } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits } from './support/limits.ts'
import { channel, openBot } from './support/open-bot.ts'

const view = aPausedRollout()
const job = { kind: 'containment' as const, rolloutId: view.id }

async function withList(list: Containment | null = aContainment({ rolloutId: view.id })) {
  const service = fakeService({ rollouts: [view] })
  service.contained = list
  const open = await openBot({ service })
  const replies = () => open.workspace.thread(channel, open.workspace.messages(channel)[0]?.ts ?? '').slice(1)
  const words = (index = 0) => JSON.stringify(replies()[index]?.blocks).replaceAll('\u00a0', ' ')
  const press = async (user = ines.id) => {
    const ts = replies().at(-1)?.ts ?? ''
    await open.workspace.click({ user, channel, ts, actionId: 'sign_off_containment' })
    await open.workspace.waitFor(() => open.workspace.views(user).length > 0, 2000)
    return open.workspace.views(user).at(-1)
  }
  return { ...open, service, replies, words, press }
}

describe('a containment list', () => {
  it('is told once in the thread of the card, with counts, the list and a button, and redrawn when signed off', async () => {
    const { bot, service, replies, words, clock } = await withList()
    await Promise.all([bot.deliver(job), bot.deliver(job)])
    await bot.deliver(job)
    expect(replies()).toHaveLength(1)
    expect(words()).toContain('41 units judged by 2.4.1: 37 passed, 4 failed; 3 tested again')
    expect(words()).toContain('35 possible escapes (passed) and 3 units of possible false scrap')
    expect(words()).toContain(`<${containmentUrl(view.url)}|the list>`)
    expect(words()).toContain('sign_off_containment')
    service.contained = aContainment({ state: 'signed off', signOffs: [aSignOff()] })
    clock.now += 4000
    await bot.deliver(job)
    expect(replies()).toHaveLength(1)
    expect(words()).toContain('*Signed off* by Ines Duarte')
    expect(words()).toContain('all tested again by hand')
    expect(words()).not.toContain('sign_off_containment')
  })

  it('of an abort after a breach is told anew, and what was told of the breach asks no more', async () => {
    const { bot, service, replies, words, clock } = await withList()
    await bot.deliver(job)
    const list = aContainment()
    const abort = { kind: 'abort' as const, at: noon + minute, gate: null, why: 'bad', by: ines }
    service.contained = { ...list, occasions: [...list.occasions, abort] }
    clock.now += 4000
    await bot.deliver(job)
    expect(replies()).toHaveLength(2)
    expect(words(0)).toContain('goes on below')
    expect(words(0)).not.toContain('sign_off_containment')
    expect(words(1)).toContain('sign_off_containment')
  })

  it('is not posted where nothing asks for it, or while no unit was judged', async () => {
    const nothing = await withList(null)
    expect(await nothing.bot.deliver(job)).toEqual({ delivered: true })
    expect(nothing.workspace.messages(channel)).toEqual([])
    const { counts } = aContainment()
    const empty = await withList(aContainment({ counts: { ...counts, units: 0 } }))
    expect(await empty.bot.deliver(job)).toEqual({ delivered: true })
    expect(empty.workspace.messages(channel)).toEqual([])
  })

  it('that grew after its sign-off says by how much and asks again', async () => {
    const list = aContainment({ state: 'changed', signOffs: [aSignOff({ units: 38 })] })
    const { bot, words } = await withList(list)
    await bot.deliver(job)
    expect(words()).toContain('*Changed since it was signed off*: 3 more units than Ines Duarte signed off')
    expect(words()).toContain('sign_off_containment')
  })

  it('of a rise of yield sends people to what passed first', async () => {
    const { bot, words } = await withList(aContainment({ first: 'escapes' }))
    await bot.deliver(job)
    expect(words()).toContain('Bad units may have passed: begin with the 35 units that passed')
  })
})

describe('the button', () => {
  it('opens a form, and its note is kept with the name and the very list that was shown', async () => {
    const { bot, press, service, workspace } = await withList()
    await bot.deliver(job)
    const form = await press()
    expect(JSON.stringify(form?.blocks)).toContain('41 units judged by 2.4.1')
    const values = { reason: 'blocked in the warehouse' }
    await workspace.submitView({ user: ines.id, viewId: form?.id ?? '', values })
    expect(service.signedOff).toEqual([
      { id: view.id, note: 'blocked in the warehouse', digest: 'd1', by: ines },
    ])
  })

  it('is for who may acknowledge, and the note is not lost', async () => {
    const { bot, press, service, workspace } = await withList()
    await bot.deliver(job)
    service.policies.onlyFor({ acknowledge: { groups: [], users: [marek.id] } })
    const form = await press()
    const values = { reason: 'blocked' }
    const answered = await workspace.submitView({ user: ines.id, viewId: form?.id ?? '', values })
    expect(JSON.stringify(answered)).toContain('That is for Marek Nowak')
    expect(service.signedOff).toEqual([])
  })

  it('says in the form why a list that has changed is not signed', async () => {
    const { bot, press, service, workspace } = await withList()
    await bot.deliver(job)
    const form = await press()
    service.refusal = { refused: 'stale', why: 'the list has changed since you looked', next: 'Look again.' }
    const values = { reason: 'blocked' }
    const answered = await workspace.submitView({ user: ines.id, viewId: form?.id ?? '', values })
    expect(JSON.stringify(answered).toLowerCase()).toContain('the list has changed since you looked')
  })

  it('of a list that was signed meanwhile opens no form', async () => {
    const { bot, service, workspace, replies } = await withList()
    await bot.deliver(job)
    service.contained = aContainment({ state: 'signed off', signOffs: [aSignOff()] })
    const ts = replies()[0]?.ts ?? ''
    await workspace.click({ user: ines.id, channel, ts, actionId: 'sign_off_containment' })
    await workspace.waitFor(() => workspace.ephemerals(ines.id).length > 0, 2000)
    expect(workspace.ephemerals(ines.id)[0]?.text).toContain('asks for nothing any more')
    expect(workspace.views(ines.id)).toEqual([])
  })
})

it('names and notes that people wrote call nobody and stay within the limits', () => {
  const planted = `${'<!channel> @here <@U0PLANTED1> '.repeat(200)}`
  const list = aContainment({
    build: { ...aContainment().build, version: planted },
    state: 'changed',
    signOffs: [aSignOff({ note: planted, by: { ...ines, name: planted } })],
    counts: {
      ...aContainment().counts,
      stations: [{ name: planted, passed: 1, failed: 1, firstAt: noon, lastAt: noon }],
    },
  })
  const [episode] = list.occasions
  if (!episode) throw new Error('expected an occasion')
  const message = containmentMessage(view, list, episode)
  expectWithinLimits(message)
  expectInert(message)
  const form = JSON.stringify(containmentModal(list))
  expect(form).not.toMatch(/<!channel>|<@U0PLANTED1>/)
})
