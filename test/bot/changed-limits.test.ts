// Changes of limits that nobody declared: on the card, told in the thread, and accepted with a reason.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeLines } from '../../bot/blocks/change-lines.ts'
import { acceptModal } from '../../bot/blocks/reason-modals.ts'
import { rolloutCard } from '../../bot/blocks/rollout-card.ts'
import { drawnFor } from '../../bot/button-value.ts'
import { checkView } from '../../demo/slack/blocks/check-view.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aChange, aRollout, changesOf } from '../support/rollout-view-builder.ts'
import { hostileText } from './support/any-verdict.ts'
import { fakeService } from './support/fake-service.ts'
import { channel, openBot } from './support/open-bot.ts'

const words = 'power_rails / rail_3v3 lower 3.2 → 3.1 V'
const held = aRollout({ changes: changesOf(aChange()) })
const accepted = aChange({
  status: 'accepted',
  holds: false,
  accepted: { by: marek, at: noon, why: 'revision C' },
})
const found: RolloutEvent = {
  type: 'ChangesFound',
  stageIndex: 1,
  ids: [aChange().id],
  words: [words],
  by: firstpass,
  at: noon,
}
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: noon - 1 }
const numbered = (...events: RolloutEvent[]) =>
  events.map((event, index) => ({ ...event, sequence: index + 1 }))

async function withThread(rollout = held, ...events: RolloutEvent[]) {
  const service = fakeService({ rollouts: [rollout], record: numbered(started, ...events) })
  const open = await openBot({ service })
  for (const sequence of events.map((_, index) => index + 2))
    await open.bot.deliver({ kind: 'thread', rolloutId: rollout.id, sequence })
  const messages = () => open.workspace.messages(channel)
  const replies = () => open.workspace.thread(channel, messages()[0]?.ts ?? '').slice(1)
  return { ...open, service, messages, replies }
}

describe('the card', () => {
  it('says what nobody declared in full, with a button, and what was accepted or declared by number', () => {
    const [declared, added] = [
      aChange({ status: 'declared', holds: false }),
      aChange({ kind: 'phase added', words: 'burn_in is new', holds: false }),
    ]
    const view = aRollout({ changes: changesOf(aChange(), added, accepted, declared) })
    expect(changeLines(view).map(({ markup }) => markup)).toEqual([
      `*Limits* ${words}, *not declared*`,
      '*Changes of the test* 1\u00a0other change, not declared; 1 accepted; 1 declared',
    ])
    const card = rolloutCard(view, 1)
    expect(JSON.stringify(card.blocks)).toContain('Accept change…')
    expect(card.text).toContain('4 changes of the test, 2 not declared, 1 of limits.')
  })

  it('has nothing to accept where nothing holds, or another stage is shown', () => {
    const nothing = aRollout({ changes: changesOf(accepted) })
    expect(JSON.stringify(rolloutCard(nothing, 1))).not.toContain('accept_changes')
    expect(JSON.stringify(rolloutCard(held, 0))).not.toContain(words)
    expect(JSON.stringify(rolloutCard(aRollout(), 1))).not.toContain('Changes of the test')
  })
})

describe('the thread', () => {
  it('tells what was found once, and calls whoever started the rollout', async () => {
    const { replies, bot } = await withThread(held, found)
    await bot.deliver({ kind: 'thread', rolloutId: held.id, sequence: 2 })
    expect(replies()).toHaveLength(1)
    expect(replies()[0]?.text).toContain(
      '*1\u00a0undeclared change of limits* in PCBA-FCT 2.4.1, found in stage 2',
    )
    expect(replies()[0]?.text).toContain(words)
    expect(replies()[0]?.text).toContain('<@U0TESTENG1>: this stage waits until')
    expect(JSON.stringify(replies()[0]?.blocks)).toContain('accept_changes')
  })

  it('tells who accepted what, and why', async () => {
    const event: RolloutEvent = {
      type: 'ChangesAccepted',
      words: [words],
      why: 'revision C',
      by: marek,
      at: noon,
    }
    const { replies } = await withThread(aRollout({ changes: changesOf(accepted) }), found, event)
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('accept_changes')
    expect(replies()[1]?.text).toMatch(/^PCBA-FCT 2\.4\.1: Marek.* accepted 1\u00a0change of limits, /)
    expect(replies()[1]?.text).toContain(`${words}. Why: revision C`)
  })
})

describe('Accept change', () => {
  it('asks for a reason, names what is accepted, and accepts that and nothing else', async () => {
    const { workspace, service, replies } = await withThread(held, found)
    const user = marek.id
    await workspace.click({ user, channel, ts: replies()[0]?.ts ?? '', actionId: 'accept_changes' })
    await workspace.waitFor(() => workspace.views(user).length > 0, 2000)
    const modal = workspace.views(user).at(-1)
    expect(JSON.stringify(modal?.blocks)).toContain(words)
    const later = aChange({ id: 'fedcba9876543210', words: 'found while the form was open' })
    service.rollouts = [{ ...held, changes: changesOf(aChange(), later) }]
    await workspace.submitView({ user, viewId: modal?.id ?? '', values: { reason: 'revision C' } })
    expect(service.accepted).toEqual([
      { id: held.deployment.id, ids: [aChange().id], why: 'revision C', by: marek },
    ])
  })

  it('that is refused keeps the form open', async () => {
    const { workspace, service, messages } = await withThread(held, found)
    service.refusal = { refused: 'stale', why: 'its changes are other ones now', next: 'Look again.' }
    await workspace.click({ user: ines.id, channel, ts: messages()[0]?.ts ?? '', actionId: 'accept_changes' })
    await workspace.waitFor(() => workspace.views(ines.id).length > 0, 2000)
    const viewId = workspace.views(ines.id).at(-1)?.id ?? ''
    await workspace.submitView({ user: ines.id, viewId, values: { reason: 'fine' } })
    expect(workspace.views(ines.id).at(-1)?.errors.reason).toContain('Its changes are other ones now')
  })

  it('takes the rights of an override', async () => {
    const { workspace, service, messages } = await withThread(held, found)
    service.policies.onlyFor({ override: { groups: [], users: [ines.id] } })
    await workspace.click({
      user: marek.id,
      channel,
      ts: messages()[0]?.ts ?? '',
      actionId: 'accept_changes',
    })
    await workspace.waitFor(() => workspace.views(marek.id).length > 0, 2000)
    const viewId = workspace.views(marek.id).at(-1)?.id ?? ''
    await workspace.submitView({ user: marek.id, viewId, values: { reason: 'fine' } })
    expect(service.accepted).toEqual([])
    expect(workspace.views(marek.id).at(-1)?.errors.reason).toContain('may')
  })

  it('has a form within Slack’s limits, whatever the names and however many', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 0, max: 300 }), (text, count) => {
        const list = Array.from({ length: count }, () => aChange({ words: text }))
        const view = aRollout({ changes: changesOf(...list) })
        const modal = acceptModal(view, drawnFor(view), channel)
        expect(checkView(JSON.parse(JSON.stringify(modal)))).toHaveProperty('view')
        expect((modal.private_metadata ?? '').length).toBeLessThanOrEqual(3000)
      }),
      { numRuns: 40 },
    )
    expect(JSON.stringify(acceptModal(null, drawnFor(held)).blocks)).toContain('No change of limits waits')
  })
})
