// A breach in the thread of its card: opened once, closed once, its buttons gone when it has ended.
import { describe, expect, it } from 'vitest'
import { breachMessage, type Numbered } from '../../bot/blocks/thread-events.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import { fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits } from './support/limits.ts'
import { channel, openBot } from './support/open-bot.ts'
import { aPausedRollout, gates, ines, marek, noon } from './support/rollout-view.ts'

const view = aPausedRollout()
const at = noon
const headline = '7 of 60 units failed where 1.1 were expected'
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: noon - 1 }
const opened: RolloutEvent = {
  type: 'BreachOpened',
  metric: 'first-pass yield',
  severity: 'breach',
  logEvidence: 4,
  headline,
  by: gates,
  at,
}
const paused: RolloutEvent = { type: 'RolloutPaused', reason: 'breach', why: 'breach', by: gates, at }
const acknowledged: RolloutEvent = {
  type: 'BreachAcknowledged',
  metric: 'first-pass yield',
  logEvidence: 4,
  why: 'known bad lot',
  by: marek,
  at: at + 1,
}
const recovered: RolloutEvent = {
  type: 'BreachRecovered',
  metric: 'first-pass yield',
  headline: 'back in band',
  by: gates,
  at: at + 2,
}
const aborted: RolloutEvent = {
  type: 'RolloutAborted',
  why: 'false fails',
  wayBack: [],
  by: marek,
  at: at + 3,
}
const finished: RolloutEvent = { type: 'AbortFinished', by: gates, at: at + 4 }

const numbered = (...events: RolloutEvent[]): Numbered[] =>
  events.map((event, index) => ({ ...event, sequence: index + 1 }))

async function withEvents(...events: RolloutEvent[]) {
  const service = fakeService({ rollouts: [view], record: numbered(...events) })
  const open = await openBot({ service })
  const deliver = (sequence: number) => open.bot.deliver({ kind: 'thread', rolloutId: view.id, sequence })
  const cardTs = () => open.workspace.messages(channel)[0]?.ts ?? ''
  const replies = () => open.workspace.thread(channel, cardTs()).slice(1)
  const grows = (...more: RolloutEvent[]) => {
    service.record = numbered(...events, ...more)
  }
  return { ...open, service, deliver, replies, grows, cardTs }
}

describe('a breach', () => {
  it('opens a thread under the card, posting the card first where it is not there yet', async () => {
    const { deliver, replies, workspace } = await withEvents(started, opened, paused)
    expect(await deliver(2)).toEqual({ delivered: true })
    expect(workspace.messages(channel)).toHaveLength(1)
    const [reply] = replies()
    expect(reply?.text).toContain(`*Breach: first-pass yield* in PCBA-FCT 2.4.1`)
    expect(reply?.text).toContain(headline)
    expect(reply?.text).toContain('paused: no further station gets the build')
    expect(reply?.text).toContain('<@U0TESTENG1>: acknowledge it with a reason, or abort.')
    expect(JSON.stringify(reply?.blocks)).toContain('"acknowledge"')
  })

  it('is told once, however often it is delivered and at the same time', async () => {
    const { deliver, replies } = await withEvents(started, opened, paused)
    await Promise.all([deliver(2), deliver(2)])
    await deliver(2)
    expect(replies()).toHaveLength(1)
  })

  it('that only observes says that nothing was stopped', async () => {
    const { deliver, replies } = await withEvents(started, opened)
    await deliver(2)
    expect(replies()[0]?.text).toContain('nothing was stopped')
  })

  it('that rolled back says so', async () => {
    const { deliver, replies } = await withEvents(started, opened, { ...aborted, at })
    await deliver(2)
    expect(replies()[0]?.text).toContain('rolled back: every station goes back to base')
  })

  it('waits for Slack as a card does', async () => {
    const { deliver, replies, workspace, bot } = await withEvents(started, opened)
    await bot.deliver({ kind: 'card', rolloutId: view.id, stageIndex: 1 })
    workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 9, times: 1 })
    expect(await deliver(2)).toMatchObject({ delivered: false, waitSeconds: 9 })
    expect(await deliver(2)).toEqual({ delivered: true })
    expect(replies()).toHaveLength(1)
  })
})

describe('more evidence for a breach', () => {
  const worsened: RolloutEvent = {
    type: 'BreachWorsened',
    metric: 'first-pass yield',
    logEvidence: 9,
    headline: '11 of 80 units failed',
    by: gates,
    at: at + 1,
  }

  it('is told in its thread while it is open, and the buttons stay', async () => {
    const { deliver, replies, grows } = await withEvents(started, opened, paused)
    await deliver(2)
    grows(worsened)
    await deliver(4)
    expect(replies()[1]?.text).toContain('the first-pass yield breach has grown')
    expect(replies()[1]?.text).toContain('11 of 80 units failed')
    expect(JSON.stringify(replies()[0]?.blocks)).toContain('"acknowledge"')
  })
})

describe('the end of a breach', () => {
  it.each([
    ['acknowledged', acknowledged, 'first-pass yield acknowledged by Marek Nowak', 'known bad lot'],
    ['recovered', recovered, 'first-pass yield recovered', 'back in band'],
    ['aborted', aborted, 'aborted by Marek Nowak', 'false fails'],
  ])('%s: closes the thread and takes the buttons away', async (_how, end, ...says) => {
    const { deliver, replies, grows } = await withEvents(started, opened, paused)
    await deliver(2)
    grows(end)
    expect(await deliver(4)).toEqual({ delivered: true })
    await deliver(4)
    expect(replies()).toHaveLength(2)
    for (const part of says) expect(replies()[1]?.text).toContain(part)
    expect(JSON.stringify(replies()[0]?.blocks)).not.toMatch(/"acknowledge"|"abort"/)
    expect(replies()[0]?.text).toContain('Ended:')
  })

  it('of an abort is told once more when the last station is back', async () => {
    const { deliver, replies, grows } = await withEvents(started, opened, paused)
    await deliver(2)
    grows(aborted, finished)
    await deliver(4)
    await deliver(5)
    expect(replies().at(-1)?.text).toContain('every station that had the build is back on base')
  })

  it('delivered before its beginning tells the beginning first', async () => {
    const { deliver, replies } = await withEvents(started, opened, paused, acknowledged)
    await deliver(4)
    await deliver(2)
    expect(replies().map((reply) => reply.text)).toEqual([
      expect.stringContaining('*Breach: first-pass yield*'),
      expect.stringContaining('acknowledged by Marek Nowak'),
    ])
  })

  it('that was told after the breach had ended leaves no buttons', async () => {
    const { deliver, replies } = await withEvents(started, opened, paused, acknowledged)
    await deliver(2)
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('"acknowledge"')
  })

  it('without a breach, an abort stays on the card alone', async () => {
    const { deliver, workspace } = await withEvents(started, aborted)
    expect(await deliver(2)).toEqual({ delivered: true })
    expect(workspace.messages(channel)).toEqual([])
  })
})

describe('Acknowledge in the thread', () => {
  it('asks for a reason and records it', async () => {
    const { deliver, replies, service, workspace } = await withEvents(started, opened, paused)
    await deliver(2)
    const user = marek.id
    await workspace.click({ user, channel, ts: replies()[0]?.ts ?? '', actionId: 'acknowledge' })
    await workspace.waitFor(() => workspace.views(user).length > 0, 2000)
    const modal = workspace.views(user).at(-1)
    expect(JSON.stringify(modal?.blocks)).toContain(headline)
    await workspace.submitView({ user, viewId: modal?.id ?? '', values: { reason: 'known bad lot' } })
    expect(service.commanded).toMatchObject([
      { verb: { verb: 'acknowledge', metric: 'first-pass yield', why: 'known bad lot' }, by: marek },
    ])
  })
})

describe('the words of a breach', () => {
  it('call nobody but the owner, whatever the headline says', () => {
    const hostile = { ...opened, headline: '<!channel> & @here '.repeat(300) }
    const events = numbered(started, hostile)
    const breach = events[1]
    if (breach?.type !== 'BreachOpened') throw new Error('expected the breach')
    const message = breachMessage(view, breach, events)
    expectWithinLimits(message)
    expectInert(message)
  })
})
