// A request for approval: in the thread and the channel, with the evidence, and without its button once it is decided.
import { describe, expect, it } from 'vitest'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aRollout, ready } from '../support/rollout-view-builder.ts'
import { threadStory } from './support/thread-story.ts'

const at = noon
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: at - 1 }
const asked: RolloutEvent = { type: 'ApprovalAsked', stageIndex: 1, by: firstpass, at }
const reminded: RolloutEvent = { type: 'ApprovalReminded', stageIndex: 1, by: firstpass, at: at + 1 }
const advanced: RolloutEvent = {
  type: 'StageAdvanced',
  from: 1,
  to: 2,
  why: null,
  override: [],
  evidence: [],
  by: ines,
  at: at + 3,
}
const approvals: RolloutView['approvals'] = {
  needed: 1,
  given: [],
  asked: { at, remindedAt: null },
  fourEyes: true,
  approvers: { groups: ['S0QUALITY1'], users: [] },
}
const open = { kind: 'approvals', met: false, text: '0 of 1 approvals', done: 0, needed: 1 }
const view = aRollout({ approvals, readiness: { ready: false, items: [...ready.items, open] } })
const given = [{ by: marek, at: at + 2, expiresAt: null }]

describe('a request for approval', () => {
  it('calls the approvers in the channel, with the evidence and a button', async () => {
    const { deliver, replies } = await threadStory(view, started, asked)
    await deliver(2)
    await deliver(2)
    expect(replies()).toHaveLength(1)
    const [request] = replies()
    const text = request?.text.replaceAll('\u00a0', ' ')
    expect(request).toMatchObject({ reply_broadcast: true })
    expect(text).toContain('*Approval asked: PCBA-FCT 2.4.1, stage 2 of 4*')
    expect(text).toContain('Tighten VCC limits')
    expect(text).toContain('<!subteam^S0QUALITY1>: all else is there')
    expect(text).toContain('not by Ines Duarte, who started it')
    expect(text).toContain('First-pass yield: *98.3 % of 60* vs 98.2 % expected, +0.2 points (−3.1 … +2.0)')
    expect(JSON.stringify(request?.blocks)).toContain('"action_id":"approve"')
  })

  it('loses its button when enough have approved, and says who', async () => {
    const { deliver, replies, card, becomes } = await threadStory(view, started, asked)
    await deliver(2)
    becomes({ version: 8, approvals: { ...approvals, given } })
    await card()
    expect(replies()).toHaveLength(1)
    expect(replies()[0]?.text).toContain('*Approvals* 1 of 1: Marek Nowak')
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('"approve"')
  })

  it('is drawn anew after another decision: its button would be refused as stale', async () => {
    const { deliver, replies, card, becomes } = await threadStory(view, started, asked)
    await deliver(2)
    const before = JSON.stringify(replies()[0]?.blocks)
    becomes({ version: 8 })
    await card()
    const after = JSON.stringify(replies()[0]?.blocks)
    expect(after).toContain('"approve"')
    expect(after).not.toBe(before)
    expect(after).toContain('\\"v\\":8')
  })

  it('says how it was decided, and is left alone after that', async () => {
    const { deliver, replies, card, becomes, grows, workspace, clock } = await threadStory(
      view,
      started,
      asked,
    )
    await deliver(2)
    grows(advanced)
    becomes({ version: 9, stageIndex: 2, approvals: { ...approvals, needed: 0 } })
    await card()
    expect(replies()[0]?.text).toContain('*Decided* advanced to stage 3 by Ines Duarte')
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('"approve"')
    const changes = () =>
      workspace.calls().filter((call) => call.method === 'chat.update' && call.args.ts === replies()[0]?.ts)
    const before = changes().length
    becomes({ version: 10 })
    clock.now += 4000
    await card()
    expect(changes()).toHaveLength(before)
  })

  it('is reminded of in a line', async () => {
    const { deliver, replies } = await threadStory(view, started, asked, reminded)
    await deliver(2)
    await deliver(3)
    expect(replies()[1]?.text).toBe(
      '<!subteam^S0QUALITY1>: PCBA-FCT 2.4.1, stage 2 of 4 still waits for approval.',
    )
  })

  it('that is asked anew takes the button from the former one', async () => {
    const { deliver, replies, grows } = await threadStory(view, started, asked)
    await deliver(2)
    grows({ ...asked, at: at + 9 })
    await deliver(3)
    expect(replies()).toHaveLength(2)
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('"approve"')
    expect(replies()[0]?.text).toContain('asked again')
    expect(JSON.stringify(replies()[1]?.blocks)).toContain('"approve"')
  })

  it('for a start stands on the card of the first stage, without numbers that are not there', async () => {
    const pending = aRollout({ status: 'pending', stageIndex: -1, approvals })
    const { deliver, replies } = await threadStory(pending, { ...asked, stageIndex: null })
    await deliver(1)
    expect(replies()[0]?.text).toContain('*Approval asked: the start of PCBA-FCT 2.4.1*')
    expect(replies()[0]?.text).not.toContain('First-pass yield')
  })
})

describe('Approve in the thread', () => {
  it('approves what it was drawn for', async () => {
    const { deliver, replies, service, workspace } = await threadStory(view, started, asked)
    await deliver(2)
    await workspace.click({
      user: marek.id,
      channel: 'C0ROLLOUTS',
      ts: replies()[0]?.ts ?? '',
      actionId: 'approve',
    })
    await workspace.waitFor(() => service.commanded.length > 0, 2000)
    expect(service.commanded).toMatchObject([
      { verb: { verb: 'approve' }, by: marek, against: { version: 7 } },
    ])
  })
})
