// Any commands and facts, in any order, on one to twelve stations: what must hold whatever happens.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hour, type Instant } from '../../../server/domain/instant.ts'
import type { Plan } from '../../../server/domain/plan.ts'
import { type Command, isRefusal } from '../../../server/domain/rollout/commands.ts'
import { decide } from '../../../server/domain/rollout/decide.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import { evolve, fold } from '../../../server/domain/rollout/evolve.ts'
import {
  canaryStations,
  isRunning,
  isTerminal,
  type RolloutState,
  soakedMs,
} from '../../../server/domain/rollout/state.ts'
import { stageSize } from '../../../server/domain/stage-size.ts'
import { aPlan, base, shares } from '../../support/plan-builder.ts'
import { created, given, t0 } from '../../support/rollout-story.ts'
import { anySteps, type Step } from './any-command.ts'

const plans: Plan[] = [aPlan(), aPlan({ stages: shares(0.1, 0.25, 0.5, 1) }), aPlan({ startApprovals: 1 })]
const anyRollout = fc
  .record({ plan: fc.constantFrom(...plans), stations: fc.integer({ min: 1, max: 12 }) })
  .map((what) => given(created(what)).events)

type Moment = {
  command: Command
  before: RolloutState
  events: RolloutEvent[]
  after: RolloutState
  now: Instant
}

/** Plays the steps, carrying the state along; `look` sees each of them. */
function play(first: RolloutEvent[], steps: Step[], look: (moment: Moment) => void = () => {}) {
  let state = stateOf(first)
  let now = t0
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

const start = (): Command => ({ type: 'start', by: { kind: 'service', id: 'f', name: 'f', door: 'service' } })

function stateOf(events: RolloutEvent[]): RolloutState {
  const state = fold(events)
  if (!state) throw new Error('nothing was created')
  return state
}

const always = (look: (moment: Moment) => void) =>
  fc.assert(
    fc.property(anyRollout, anySteps, (first, steps) => {
      play(first, steps, look)
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
        const aborted = play(story.events, [{ ...abort, afterMs: story.now - t0 }])
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
        const later = { command: start, afterMs: story.now - t0 + 1 }
        expect(play(aborted.events, [later, ...back]).state.status).toBe('aborted')
      }),
      { numRuns: 400 },
    )
  })

  test('an ended rollout is moved by nothing', () => {
    always(({ before, events }) => {
      if (isTerminal(before)) expect(events).toEqual([])
    })
  })

  test('a breach leaves no rollout going on', () => {
    always(({ command, before, after }) => {
      if (command.type !== 'judge' || !isRunning(before)) return
      const breached = command.verdict.gates.some(
        (gate) => gate.mode !== 'observe' && (gate.verdict === 'breach' || gate.verdict === 'severe'),
      )
      if (breached) expect(['paused', 'aborting', 'aborted']).toContain(after.status)
    })
  })

  test('no rollout is going on with a breach open', () => {
    always(({ after }) => {
      if (after.status === 'active')
        expect(after.breaches.filter((breach) => breach.closed === null)).toEqual([])
    })
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

  test('the soak clock never runs ahead of the wall clock, and stands while paused', () => {
    always(({ after, now }) => {
      if (!isRunning(after)) return
      expect(soakedMs(after, now)).toBeLessThanOrEqual(now - after.startedAt)
      const longer = soakedMs(after, now + hour) - soakedMs(after, now)
      expect(longer).toBe(after.status === 'active' && after.liveSince !== null ? hour : 0)
    })
  })

  test('the same fact, or the same abort, twice is one', () => {
    const facts = ['run', 'pickup', 'join', 'leave', 'station stale', 'judge', 'supersede', 'abort']
    always(({ command, after, now }) => {
      if (!facts.includes(command.type)) return
      const again = decide(command, after, now)
      if (!isRefusal(again)) expect(again.events).toEqual([])
    })
  })
})
