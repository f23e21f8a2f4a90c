// The data of a rollout's charts, from its tallies, its record and its stored verdicts.
import { hourlyArms } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import { eventsOf, loadRollout, verdictsOf } from '../db/rollout-storage.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { targetLabel } from './domain/plan.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import type { PauseReason, RolloutState } from './domain/rollout/state.ts'
import type { RolloutCharts } from './domain/rollout-charts.ts'

/** Points of the difference chart: more cannot be told apart on a screen. */
const mostPoints = 300

export async function rolloutCharts(
  db: Db,
  id: RolloutId,
  now: Instant,
  failures: RolloutCharts['failures'],
): Promise<RolloutCharts | null> {
  const loaded = await loadRollout(db, id)
  if (!loaded) return null
  const { state, verdict } = loaded
  const recorded = await verdictsOf(db, id)
  const all = verdict && recorded.at(-1)?.at !== verdict.at ? [...recorded, verdict] : recorded
  const events = await eventsOf(db, id)
  return {
    from: 'startedAt' in state && state.startedAt !== null ? state.startedAt : state.createdAt,
    to: 'endedAt' in state ? state.endedAt : now,
    hours: await hourlyArms(db, state.procedureId, id),
    marks: events.flatMap((event) => mark(event, state)),
    differences: thinned(all).flatMap(points),
    failures,
  }
}

function mark(event: RolloutEvent, state: RolloutState): RolloutCharts['marks'] {
  const { at } = event
  switch (event.type) {
    case 'StageStarted': {
      const stage = state.plan.stages[event.stageIndex]
      return [
        {
          at,
          kind: 'stage',
          label: `stage ${event.stageIndex + 1}${stage ? `: ${targetLabel(stage.target)}` : ''}`,
        },
      ]
    }
    case 'RolloutPaused':
      return [{ at, kind: 'pause', label: pauseLabels[event.reason] }]
    case 'RolloutResumed':
      return [{ at, kind: 'resume', label: 'resumed' }]
    case 'RolloutAborted':
      return [{ at, kind: 'end', label: 'aborted' }]
    case 'RolloutCompleted':
      return [{ at, kind: 'end', label: 'completed' }]
    default:
      return []
  }
}

const pauseLabels: Record<PauseReason, string> = {
  person: 'paused',
  breach: 'paused by a breach',
  blind: 'paused while blind',
  window: 'window closed',
  superseding: 'paused to be replaced',
  error: 'paused by an error',
}

/** Every so-many-th verdict, the last always: bounded however long the rollout takes. */
function thinned(verdicts: Verdict[]): Verdict[] {
  const step = Math.max(1, Math.ceil(verdicts.length / mostPoints))
  return verdicts.filter((_, index) => index % step === 0 || index === verdicts.length - 1)
}

function points(verdict: Verdict): RolloutCharts['differences'] {
  return verdict.gates.flatMap((gate) => {
    const { difference, differenceLow: low, differenceHigh: high, toleratedRate, expectedRate } = gate
    if (
      difference === null ||
      low === null ||
      high === null ||
      toleratedRate === null ||
      expectedRate === null
    )
      return []
    return {
      at: verdict.at,
      gate: gate.name,
      metric: gate.metric,
      unit: gate.unit,
      canaryCount: gate.canary.n,
      difference,
      low,
      high,
      tolerated: toleratedRate - expectedRate,
      logEvidence: gate.logEvidence,
      logThreshold: gate.logThreshold,
      verdict: gate.verdict,
    }
  })
}
