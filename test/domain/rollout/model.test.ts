// Any commands and facts, in any order, on one to twelve stations: what must hold whatever happens.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstpass } from '../../../server/domain/actor.ts'
import type { GateVerdict } from '../../../server/domain/gates/verdict.ts'
import { hour, type Instant } from '../../../server/domain/instant.ts'
import type { Plan } from '../../../server/domain/plan.ts'
import { approvalsNeeded, countedApprovals, expiryOf } from '../../../server/domain/rollout/approvals.ts'
import { type Command, isRefusal } from '../../../server/domain/rollout/commands.ts'
import { decide } from '../../../server/domain/rollout/decide.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import { evolve, fold } from '../../../server/domain/rollout/evolve.ts'
import {
  blocks,
  canaryStations,
  isRunning,
  isTerminal,
  type RolloutState,
  soakedMs,
  soakedShifts,
} from '../../../server/domain/rollout/state.ts'
import { stageSize } from '../../../server/domain/stage-size.ts'
import { aPlan, base, shares } from '../../support/plan-builder.ts'
import {
  breached,
  completed,
  created,
  firstLive,
  given,
  paused,
  ready,
  t0,
  verdict,
} from '../../support/rollout-story.ts'
import { anySteps, approvalSteps, type Step } from './any-command.ts'

const asking = {
  startApprovals: 1,
  stages: shares(0.1, 0.5, 1).map((stage, index) => ({ ...stage, approvals: [2, 1, 0][index] ?? 0 })),
}
const plans: Plan[] = [
  aPlan(),
  aPlan({ stages: shares(0.1, 0.25, 0.5, 1) }),
  aPlan({ ...asking, fourEyes: true }),
  aPlan({ ...asking, approvalsLastMinutes: 90 }),
]
const taken = firstLive.slice(1)
const underWay = [
  taken,
  [...taken, paused('blind')],
  [...taken, paused('window')],
  [...taken, breached(), { ...paused('breach'), by: firstpass }],
  [...taken, completed],
]
const mayRollBack = { autoRollback: true, rests: null, escalateAfterMs: null }
const anyRollout = fc
  .record({
    plan: fc.constantFrom(...plans),
    stations: fc.integer({ min: 1, max: 12 }),
    // Most are under way: what comes after a rest, or after the end, would else be seen too seldom.
    so: fc.constantFrom([], [], ...underWay),
  })
  .map(({ so, ...what }) => given(created(what), ...so).events)

type Moment = {
  command: Command
  before: RolloutState
  events: RolloutEvent[]
  after: RolloutState
  now: Instant
}

/** Plays the steps, carrying the state along; `look` sees each of them. */
function play(
  first: RolloutEvent[],
  steps: Step[],
  look: (moment: Moment) => void = () => {},
  from: Instant = first.at(-1)?.at ?? t0,
) {
  let state = stateOf(first)
  let now = from
  const all = [...first]
  for (const step of [{ command: start, afterMs: 0 }, ...steps]) {
    now += step.afterMs
    const command = step.command(now)
    const decided = decide(command, state, now)
    const events = isRefusal(decided) ? [] : decided.events
    const after = events.reduce<RolloutState>(evolve, state)
    look({ command, before: state, events, after, now })
    state = after
    all.push(...events)
  }
  return { state, events: all, now }
}

const acts = (gate: GateVerdict) => gate.acts && gate.mode !== 'observe'
const isBreach = (gate: GateVerdict) => gate.verdict === 'breach' || gate.verdict === 'severe'

const start = (): Command => ({ type: 'start', by: { kind: 'service', id: 'f', name: 'f', door: 'service' } })

function stateOf(events: RolloutEvent[]): RolloutState {
  const state = fold(events)
  if (!state) throw new Error('nothing was created')
  return state
}

const always = (look: (moment: Moment) => void, steps = anySteps) =>
  fc.assert(
    fc.property(anyRollout, steps, (first, taking) => {
      play(first, taking, look)
    }),
    { numRuns: 400 },
  )

describe('whatever is asked and whatever stations show', () => {
  test('the steps reach every status, so that the rest is not said of nothing', () => {
    const seen = new Set<string>()
    always(({ after }) => seen.add(after.status))
    expect([...seen].sort()).toEqual(['aborted', 'aborting', 'active', 'completed', 'paused', 'pending'])
  })

  test('the events told again make the state that was carried along', () => {
    fc.assert(
      fc.property(anyRollout, anySteps, (first, steps) => {
        const story = play(first, steps)
        expect(fold(JSON.parse(JSON.stringify(story.events)))).toEqual(
          JSON.parse(JSON.stringify(story.state)),
        )
      }),
      { numRuns: 200 },
    )
  })

  test('an abort takes every pin back, and is over once every exposed station ran base', () => {
    fc.assert(
      fc.property(anyRollout, anySteps, (first, steps) => {
        const story = play(first, steps)
        if (isTerminal(story.state)) return
        const abort = { command: (): Command => ({ ...start(), type: 'abort', why: '' }), afterMs: 0 }
        const aborted = play(story.events, [abort], undefined, story.now)
        expect(['aborting', 'aborted']).toContain(aborted.state.status)
        expect(canaryStations(aborted.state)).toEqual([])
        const back = aborted.state.order
          .filter((id) => aborted.state.stations[id]?.status === 'reverting')
          .map((stationId) => ({
            afterMs: 1,
            command: (now: number): Command => ({
              ...start(),
              type: 'run',
              stationId,
              deploymentId: base,
              startedAt: now,
            }),
          }))
        const over = play(aborted.events, back, undefined, aborted.now)
        expect(over.state.status).toBe('aborted')
      }),
      { numRuns: 400 },
    )
  })

  test('an ended rollout is moved by nothing; its watch alarms, once and once more when severe', () => {
    let alarms = 0
    always(({ command, before, events, after, now }) => {
      if (!isTerminal(before)) return
      if (command.type === 'retests') return expect(after).toBe(before)
      if (command.type !== 'watch') expect(events).toEqual([])
      if (events.length === 0) return expect(after).toBe(before)
      alarms += events.length
      if (before.status !== 'completed' || after.status !== 'completed')
        throw new Error(`an alarm moved the rollout from ${before.status} to ${after.status}`)
      expect({ ...after, alarms: before.alarms }).toEqual(before)
      expect(now).toBeLessThan(before.watchUntil)
      for (const event of events) {
        if (event.type !== 'WatchAlarmed') throw new Error(`the watch gave ${event.type}`)
        const told = before.alarms.find((alarm) => alarm.gate === event.gate)
        if (told) expect([told.severity, event.severity]).toEqual(['breach', 'severe'])
      }
    })
    expect(alarms).toBeGreaterThan(0)
  })

  test('asking for retests is recorded, and moves nothing', () => {
    always(({ command, before, events, after }) => {
      if (command.type !== 'retests') return
      expect(events.map((event) => event.type)).toEqual(['RetestsAsked'])
      expect(after).toBe(before)
    })
  })

  test('a breach leaves no rollout going on', () => {
    always(({ command, before, after }) => {
      if (command.type !== 'judge' || !isRunning(before)) return
      if (command.verdict.gates.some((gate) => acts(gate) && isBreach(gate)))
        expect(['paused', 'aborting', 'aborted']).toContain(after.status)
    })
  })

  test('what is found severe takes every station back where gate and policy say so, also while resting', () => {
    const severe = verdict({ name: 'another', verdict: 'severe', mode: 'roll back', logEvidence: 9 })
    const judge: Command = {
      ...start(),
      type: 'judge',
      verdict: severe,
      policy: mayRollBack,
      readiness: ready,
    }
    const from = new Set<string>()
    always(({ after: before, now }) => {
      if (!isRunning(before)) return
      const decided = decide(judge, before, now)
      if (isRefusal(decided)) throw new Error('a judgement is never refused')
      const after = decided.events.reduce<RolloutState>(evolve, before)
      expect(['aborting', 'aborted']).toContain(after.status)
      expect(canaryStations(after)).toEqual([])
      from.add(before.status === 'paused' ? before.pause.reason : before.status)
    })
    expect([...from].sort()).toEqual(['active', 'blind', 'breach', 'person', 'window'])
  })

  test('no gate takes stations back without the policy’s word', () => {
    always(({ command, before, after }) => {
      if (command.type === 'judge' && !command.policy.autoRollback && isRunning(before))
        expect(['active', 'paused', 'completed']).toContain(after.status)
    })
  })

  test('no rollout is going on with a breach open that holds it', () => {
    always(({ after }) => {
      if (after.status === 'active') expect(after.breaches.filter(blocks)).toEqual([])
    })
  })

  test('what is only observed changes nothing of what people may do', () => {
    let observing = 0
    always(({ command, before, now }) => {
      if (
        !isRunning(before) ||
        !['advance', 'set', 'resume', 'undo', 'pause', 'abort'].includes(command.type)
      )
        return
      const without = { ...before, breaches: before.breaches.filter((breach) => breach.mode !== 'observe') }
      expect(decide(command, without, now)).toEqual(decide(command, before, now))
      if (without.breaches.length < before.breaches.length) observing++
    })
    expect(observing).toBeGreaterThan(0)
  })

  test('a person’s pause, and one for a breach, is lifted by a person only', () => {
    always(({ command, before, events }) => {
      if (before.status !== 'paused' || !events.some((event) => event.type === 'RolloutResumed')) return
      if (command.by.kind !== 'person') expect(['blind', 'window']).toContain(before.pause.reason)
    })
  })

  test('the service rests a rollout for a reason that holds, and not again in a stage where it was lifted', () => {
    const rested = new Set<string>()
    always(({ command, before, events }) => {
      for (const event of events) {
        if (event.type !== 'RolloutPaused' || event.reason === 'person' || event.reason === 'breach') continue
        if (command.type !== 'judge' || !isRunning(before)) throw new Error('nothing asked for a rest')
        expect(before.lifted).not.toContain(event.reason)
        if (event.reason === 'window') expect(command.policy.rests).not.toBe(null)
        else expect(command.verdict.overall).toBe('blind')
        rested.add(event.reason)
      }
    })
    expect([...rested].sort()).toEqual(['blind', 'window'])
  })

  test('a station is taken back by undo, leaving or abort only', () => {
    always(({ before, events, after }) => {
      if (events.some((event) => ['StageUndone', 'StationLeft', 'RolloutAborted'].includes(event.type)))
        return
      const remaining = new Set(canaryStations(after))
      expect(canaryStations(before).filter((id) => !remaining.has(id))).toEqual([])
    })
  })

  test('a stage gives the build to no more stations than it allows', () => {
    always(({ before, events, after }) => {
      if (!events.some((event) => event.type === 'StageStarted') || !isRunning(after)) return
      const members = after.order.filter((id) => after.stations[id]?.status !== 'left').length
      const allowed = stageSize(after.plan, after.stageIndex, members)
      expect(canaryStations(after).length).toBeLessThanOrEqual(
        Math.max(allowed, canaryStations(before).length),
      )
    })
  })

  test('a paused rollout gives the build to no further station', () => {
    always(({ before, events, after }) => {
      if (before.status !== 'paused' || events.some((event) => event.type === 'RolloutResumed')) return
      expect(canaryStations(after).length).toBeLessThanOrEqual(canaryStations(before).length)
    })
  })

  test('every plan it comes to ends with all stations', () => {
    always(({ after }) => {
      expect(after.plan.stages.at(-1)?.target).toEqual({ share: 1 })
      if ('stageIndex' in after) expect(after.stageIndex).toBeLessThan(after.plan.stages.length)
    })
  })

  test('the version never falls, and rises with every decision', () => {
    always(({ before, after }) => {
      expect(after.version).toBeGreaterThanOrEqual(before.version)
      if (after.lastDecision !== before.lastDecision) expect(after.version).toBeGreaterThan(before.version)
      if (after.version > before.version) expect(after.lastDecision).not.toBe(before.lastDecision)
    })
  })

  test('approvers are asked when nothing but they are missing, and anew only when something ended', () => {
    let [first, anew, reminded] = [0, 0, 0]
    always(({ command, before, events, after, now }) => {
      for (const event of events) {
        if (event.type !== 'ApprovalAsked' && event.type !== 'ApprovalReminded') continue
        if (command.type !== 'judge' && command.type !== 'call approvers') throw new Error('nobody looked')
        expect(command.readiness.ready).toBe(true)
        if (after.status !== 'pending' && after.status !== 'active')
          throw new Error(`asked while ${after.status}`)
        expect(countedApprovals(after, now).length).toBeLessThan(approvalsNeeded(after))
        const asked = 'asked' in before ? before.asked : null
        if (event.type === 'ApprovalReminded') {
          reminded++
          expect(asked).toMatchObject({ remindedAt: null })
        } else if (asked === null) first++
        else {
          anew++
          if (!isRunning(before) && before.status !== 'pending') throw new Error('nothing to approve')
          expect(
            before.approvals.some(
              (each) => asked.at < expiryOf(each, before) && expiryOf(each, before) <= now,
            ),
          ).toBe(true)
        }
      }
    }, approvalSteps)
    expect([first, anew, reminded].every((count) => count > 0)).toBe(true)
  })

  test('no approval is the author’s where four eyes are asked, of another stage, or from before a breach', () => {
    let given = 0
    always(({ before, after }) => {
      if (!isRunning(after)) return
      given += after.approvals.length
      for (const approval of after.approvals) {
        expect(approval.at).toBeGreaterThanOrEqual(after.stageStartedAt)
        if (after.plan.fourEyes) expect(approval.by.id).not.toBe(after.owner.id)
        for (const breach of after.breaches)
          if (breach.mode !== 'observe') expect(approval.at).toBeGreaterThanOrEqual(breach.openedAt)
      }
      if (!isRunning(before)) return
      if (before.stageIndex !== after.stageIndex || before.plan !== after.plan) {
        expect(after.approvals).toEqual([])
        expect(after.asked).toBe(null)
      }
    }, approvalSteps)
    expect(given).toBeGreaterThan(0)
  })

  test('an abort wins also while approvers are asked', () => {
    let asked = 0
    always(({ after, now }) => {
      if (!('asked' in after) || after.asked === null || after.status === 'aborting') return
      asked++
      const abort = decide({ ...start(), type: 'abort', why: '' }, after, now)
      if (isRefusal(abort)) throw new Error('an abort is never refused')
      expect(['aborting', 'aborted']).toContain(abort.events.reduce<RolloutState>(evolve, after).status)
    }, approvalSteps)
    expect(asked).toBeGreaterThan(0)
  })

  test('the second group is called once for a breach that holds the rollout, in its time', () => {
    let called = 0
    always(({ command, before, events, after, now }) => {
      if (!('breaches' in before) || !('breaches' in after)) return
      for (const breach of before.breaches) {
        const later = after.breaches.find(
          (each) => each.gate === breach.gate && each.openedAt === breach.openedAt,
        )
        if (later && breach.escalatedAt !== null) expect(later.escalatedAt).toBe(breach.escalatedAt)
      }
      for (const event of events) {
        if (event.type !== 'BreachEscalated') continue
        called++
        if (command.type !== 'judge' || command.policy.escalateAfterMs === null)
          throw new Error('nobody to call')
        const open = before.breaches.filter((breach) => blocks(breach) && breach.gate === event.gate)
        expect(open).toMatchObject([{ escalatedAt: null, acknowledged: null }])
        expect(now - (open[0]?.openedAt ?? now)).toBeGreaterThanOrEqual(command.policy.escalateAfterMs)
      }
    })
    expect(called).toBeGreaterThan(0)
  })

  test('the soak clock never runs ahead of the wall clock, and stands while paused', () => {
    always(({ after, now }) => {
      if (!isRunning(after)) return
      expect(soakedMs(after, now)).toBeLessThanOrEqual(now - after.startedAt)
      const longer = soakedMs(after, now + hour) - soakedMs(after, now)
      expect(longer).toBe(after.status === 'active' && after.liveSince !== null ? hour : 0)
      // A shift of eight hours that was soaked through is eight hours of soak.
      expect(soakedShifts(after, now) * 8 * hour).toBeLessThanOrEqual(soakedMs(after, now))
    })
  })

  test('the same fact, or the same abort, twice is one', () => {
    const facts = [
      'run',
      'pickup',
      'served',
      'join',
      'leave',
      'station stale',
      'judge',
      'watch',
      'supersede',
      'call approvers',
    ]
    always(({ command, events, after, now }) => {
      if (![...facts, 'abort'].includes(command.type)) return
      // Once its rest is over, the last stage may be looked at and complete.
      if (events.some((event) => event.type === 'RolloutResumed')) return
      const again = decide(command, after, now)
      if (!isRefusal(again)) expect(again.events).toEqual([])
    })
  })
})
