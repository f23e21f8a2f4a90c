// A breach in the thread of its card: opened once, closed once, its buttons gone when it has ended.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breachMessage } from '../../bot/blocks/breach-message.ts'
import { acknowledgeModal } from '../../bot/blocks/reason-modals.ts'
import type { Numbered } from '../../bot/blocks/thread-events.ts'
import { drawnFor } from '../../bot/button-value.ts'
import type { RolloutEvent } from '../../server/domain/rollout/events.ts'
import type { BreachView } from '../../server/domain/rollout-view.ts'
import { firstpass, ines, marek, noon } from '../support/fixed-values.ts'
import { aBreach, aPausedRollout, aStation } from '../support/rollout-view-builder.ts'
import { fakeService } from './support/fake-service.ts'
import { expectInert, expectWithinLimits } from './support/limits.ts'
import { channel, openBot } from './support/open-bot.ts'

const view = aPausedRollout()
const at = noon
const [{ headline } = { headline: '' }] = view.breaches
const started: RolloutEvent = { type: 'StageStarted', stageIndex: 1, stations: [], by: ines, at: noon - 1 }
const opened: Extract<RolloutEvent, { type: 'BreachOpened' }> = {
  type: 'BreachOpened',
  gate: 'first-pass yield',
  mode: 'pause',
  severity: 'breach',
  logEvidence: 4,
  headline,
  details: [],
  suspect: null,
  by: firstpass,
  at,
}
const paused: RolloutEvent = { type: 'RolloutPaused', reason: 'breach', why: 'breach', by: firstpass, at }
const acknowledged: RolloutEvent = {
  type: 'BreachAcknowledged',
  gate: 'first-pass yield',
  logEvidence: 4,
  why: 'known bad lot',
  evidence: [],
  by: marek,
  at: at + 1,
}
const recovered: RolloutEvent = {
  type: 'BreachRecovered',
  gate: 'first-pass yield',
  headline: 'back in band',
  by: firstpass,
  at: at + 2,
}
const aborted: RolloutEvent = {
  type: 'RolloutAborted',
  why: 'false fails',
  wayBack: [],
  by: marek,
  at: at + 3,
}
const finished: RolloutEvent = { type: 'AbortFinished', by: firstpass, at: at + 4 }

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

  it('while the rollout had stopped already says so', async () => {
    const { deliver, replies } = await withEvents(started, opened)
    await deliver(2)
    expect(replies()[0]?.text).toContain('the rollout had stopped already')
  })

  it('that is only observed calls nobody and offers to acknowledge, not to abort', async () => {
    const { deliver, replies } = await withEvents(started, { ...opened, mode: 'observe' })
    await deliver(2)
    const [reply] = replies()
    expect(reply?.text).toContain('*Observed breach: first-pass yield*')
    expect(reply?.text).toContain('nothing was stopped: this gate only observes')
    expect(reply?.text).toContain('It holds nothing up')
    expect(reply?.text).not.toContain('<@')
    expect(JSON.stringify(reply?.blocks)).toContain('"acknowledge"')
    expect(JSON.stringify(reply?.blocks)).not.toContain('"abort"')
  })

  it('that was observed before is told anew when its gate begins to act, and the old one loses its buttons', async () => {
    const { deliver, replies, grows } = await withEvents(started, { ...opened, mode: 'observe' })
    await deliver(2)
    grows({ ...opened, at: at + 5 }, { ...paused, at: at + 5 })
    await deliver(3)
    expect(replies().map((reply) => reply.text)).toEqual([
      expect.stringContaining('Ended: its gate acts from here on'),
      expect.stringContaining('<@U0TESTENG1>: acknowledge it with a reason, or abort.'),
    ])
    expect(JSON.stringify(replies()[0]?.blocks)).not.toContain('"acknowledge"')
    expect(JSON.stringify(replies()[1]?.blocks)).toContain('"acknowledge"')
  })

  it('names the station that is suspected before the build, and asks to look at it first', async () => {
    const suspect = { stationId: aStation(6).id, isSuspected: true }
    const { deliver, replies } = await withEvents(started, { ...opened, suspect }, paused)
    await deliver(2)
    expect(replies()[0]?.text).toContain(
      '*station suspected before the build: FCT-07 (the others show nothing)*',
    )
    expect(replies()[0]?.text).toContain(
      '<@U0TESTENG1>: look at FCT-07 first. Then acknowledge it with a reason',
    )
  })

  it('suspects the build when all canary stations lean the same way', async () => {
    const suspect = { stationId: aStation(0).id, isSuspected: false }
    const { deliver, replies } = await withEvents(started, { ...opened, suspect }, paused)
    await deliver(2)
    expect(replies()[0]?.text).toContain('all canary stations lean the same way: the build is suspected')
  })

  it('lists what it found, each on its line, with moments in the reader’s own time', async () => {
    const details = [
      'VCC low: 4 runs of 3 units, never on base',
      'FCT-07 fails it since 2026-11-20T11:00:00.000Z',
    ]
    const { deliver, replies } = await withEvents(started, { ...opened, gate: 'new failure mode', details })
    await deliver(2)
    expect(replies()[0]?.text).toContain('• VCC low: 4 runs of 3 units, never on base\n')
    expect(replies()[0]?.text).toMatch(/• FCT-07 fails it since <!date\^\d+\^/)
  })

  it('that rolled back says so', async () => {
    const { deliver, replies } = await withEvents(started, opened, { ...aborted, at })
    await deliver(2)
    expect(replies()[0]?.text).toContain('rolled back: every station goes back to base')
  })

  it('waits for Slack as a card does', async () => {
    const { deliver, replies, workspace, bot, clock } = await withEvents(started, opened)
    await bot.deliver({ kind: 'card', rolloutId: view.id, stageIndex: 1 })
    workspace.faults.set({ kind: 'ratelimited', retryAfterSeconds: 9, times: 1 })
    expect(await deliver(2)).toMatchObject({ delivered: false, waitSeconds: 9 })
    clock.now += 9000
    expect(await deliver(2)).toEqual({ delivered: true })
    expect(replies()).toHaveLength(1)
  })
})

describe('more evidence for a breach', () => {
  const worsened: RolloutEvent = {
    type: 'BreachWorsened',
    gate: 'first-pass yield',
    logEvidence: 9,
    headline: '11 of 80 units failed',
    by: firstpass,
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

describe('what the service does by itself', () => {
  const rest = (
    reason: 'blind' | 'window',
    why: string,
  ): Extract<RolloutEvent, { type: 'RolloutPaused' }> => ({
    type: 'RolloutPaused',
    reason,
    why,
    by: firstpass,
    at,
  })
  const resumed: RolloutEvent = {
    type: 'RolloutResumed',
    why: 'what it rested for is over',
    by: firstpass,
    at: at + 1,
  }

  it.each([
    ['blind' as const, 'paused while blind', 'it resumes by itself when their runs arrive again'],
    ['window' as const, 'paused outside of its hours', 'it resumes by itself'],
  ])('a pause (%s) and its end are told in the thread and call nobody', async (reason, ...says) => {
    const { deliver, replies } = await withEvents(started, rest(reason, 'the shares or the hours'), resumed)
    await deliver(2)
    await deliver(3)
    for (const part of [...says, 'the shares or the hours']) expect(replies()[0]?.text).toContain(part)
    expect(replies()[1]?.text).toContain('resumed by itself')
    expect(replies()[1]?.text).toContain('what it rested for is over')
    expect(replies()).toHaveLength(2)
    expect(JSON.stringify(replies())).not.toContain('<@')
  })

  it('leaves the pause and the resume of a person to the card', async () => {
    const { deliver, workspace } = await withEvents(
      started,
      { ...rest('blind', 'checking'), reason: 'person', by: marek },
      { ...resumed, by: marek },
    )
    await deliver(2)
    await deliver(3)
    expect(workspace.messages(channel)).toEqual([])
  })

  it('tells an alarm of the watch to the owner, and that nothing was taken back', async () => {
    const alarm: RolloutEvent = {
      type: 'WatchAlarmed',
      gate: 'error rate',
      severity: 'severe',
      logEvidence: 6,
      headline: 'error rate 4.1 % against expected 0.4 %',
      by: firstpass,
      at,
    }
    const { deliver, replies } = await withEvents(started, alarm)
    await deliver(2)
    expect(replies()[0]?.text).toContain('*Watch after completion, severe alarm: error rate*')
    expect(replies()[0]?.text).toContain('4.1 % against expected')
    expect(replies()[0]?.text).toContain('<@U0TESTENG1>: nothing was taken back')
    expect(replies()[0]?.text).toContain('`/rollout rollback PCBA-FCT 2.4.0 why it has to go`')
  })
})

describe('retests that were asked for', () => {
  it('are told in the thread with who asked and where the list is, and call nobody', async () => {
    const asked: RolloutEvent = { type: 'RetestsAsked', pairs: 4, units: 8, by: marek, at }
    const { deliver, replies } = await withEvents(started, asked)
    await deliver(2)
    await deliver(2)
    expect(replies()).toHaveLength(1)
    expect(replies()[0]?.text).toMatch(/^PCBA-FCT 2\.4\.1: Marek.* asked for 8 retests, /)
    expect(replies()[0]?.text).toContain(`list at <${view.url}|its page>`)
    expect(replies()[0]?.text).not.toContain('<@')
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
      { verb: { verb: 'acknowledge', gate: 'first-pass yield', why: 'known bad lot' }, by: marek },
    ])
  })
})

describe('the form of an acknowledgement', () => {
  const on = (gate: string) => ({ ...drawnFor(view), gate })
  const words = (breach: Partial<BreachView>) => {
    const found = aBreach({ gate: 'new failure mode', ...breach })
    const form = acknowledgeModal({ ...view, breaches: [found] }, on(found.gate))
    return JSON.stringify(form.blocks)
  }

  it('repeats what was found and which station is suspected', () => {
    const suspect = { stationId: aStation(6).id, isSuspected: true }
    const text = words({ details: ['VCC low: 4 runs', 'flash: 3 runs'], suspect })
    expect(text).toContain('• VCC low: 4 runs')
    expect(text).toContain('• flash: 3 runs')
    expect(text).toContain('station suspected before the build: FCT-07')
  })

  it('says what follows: a resume where the rollout was stopped, nothing where it was only observed', () => {
    expect(words({})).toContain('It stays paused until somebody resumes it.')
    expect(words({ mode: 'observe' })).toContain('nothing waits for you')
    expect(words({ mode: 'observe' })).not.toContain('paused')
  })
})

describe('the words of a breach', () => {
  const hostile = fc.oneof(
    fc.constantFrom('<!channel> & @here '.repeat(300), '&'.repeat(300), '<@U0TESTENG1>', '\u202egnp', 'x'),
    fc.string({ unit: 'binary', maxLength: 400 }),
  )

  it('stay within Slack’s limits and call nobody but the owner, whatever gates and findings are called', () => {
    fc.assert(
      fc.property(
        fc.record({ gate: hostile, headline: hostile, detail: hostile }),
        fc.integer({ min: 0, max: 10 }),
        fc.constantFrom('observe', 'pause', 'roll back'),
        fc.constantFrom(null, true, false),
        fc.boolean(),
        (text, count, mode, isSuspected, isEnded) => {
          const gate = text.gate.slice(0, 60) || 'x'
          const events = numbered(
            started,
            {
              ...opened,
              gate,
              mode,
              headline: text.headline,
              details: Array.from({ length: count }, () => text.detail.slice(0, 200)),
              suspect: isSuspected === null ? null : { stationId: aStation(3).id, isSuspected },
            },
            ...(isEnded ? [{ ...recovered, gate, headline: text.headline }] : []),
          )
          const breach = events[1]
          if (breach?.type !== 'BreachOpened') throw new Error('expected the breach')
          const message = breachMessage(view, breach, events)
          expectWithinLimits(message)
          expectInert(message)
        },
      ),
    )
  })
})
