// The data of a rollout's charts, from its tallies, its record and its stored verdicts.
import { hourlyArms } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import { durationBins, passMedians } from '../db/pass-durations.ts'
import { stationsById } from '../db/registry.ts'
import { eventsOf, type LoadedRollout, loadRollout, verdictsOf } from '../db/rollout-storage.ts'
import { closedSpans } from './domain/closed-spans.ts'
import type { Gate } from './domain/gates/gate.ts'
import { severeRate } from './domain/gates/severe-rate.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import type { RolloutId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Plan } from './domain/plan.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import type { PauseReason, RolloutState } from './domain/rollout/state.ts'
import type { RolloutCharts } from './domain/rollout-charts.ts'
import { targetLabel } from './domain/target-label.ts'
import { type TimeRange, within } from './domain/time-range.ts'
import { policyOf } from './policy-of.ts'
import { coursesOfStations } from './station-courses.ts'

/** Points of the difference chart: more cannot be told apart on a screen. */
const mostPoints = 300

/** What the chart of a card is drawn from: of the whole rollout, without what only pages show. */
export async function rolloutCourse(db: Db, id: RolloutId, now: Instant): Promise<RolloutCharts | null> {
  const loaded = await loadRollout(db, id)
  return loaded && courseOf(db, loaded, now, null)
}

/** @param range what is asked for; null: the whole rollout. Verdicts in it were given on all that was counted by then. */
export async function rolloutCharts(
  db: Db,
  id: RolloutId,
  now: Instant,
  { range, failures }: { range: TimeRange | null; failures: RolloutCharts['failures'] },
): Promise<RolloutCharts | null> {
  const loaded = await loadRollout(db, id)
  if (!loaded) return null
  const of = { procedureId: loaded.state.procedureId, rolloutId: id, range }
  return {
    ...(await courseOf(db, loaded, now, range)),
    durations: await durationBins(db, of),
    medianSeconds: await passMedians(db, of),
    stations: await coursesOfStations(db, loaded, range),
    failures,
  }
}

async function courseOf(
  db: Db,
  { state, verdict }: LoadedRollout,
  now: Instant,
  range: TimeRange | null,
): Promise<RolloutCharts> {
  const { id, procedureId, plan, order } = state
  const recorded = await verdictsOf(db, id)
  const all = verdict && recorded.at(-1)?.at !== verdict.at ? [...recorded, verdict] : recorded
  const isIn = (at: Instant) => range === null || (at >= range.from && at < range.to)
  const events = await eventsOf(db, id)
  const whole = {
    from: 'startedAt' in state && state.startedAt !== null ? state.startedAt : state.createdAt,
    to: 'endedAt' in state ? state.endedAt : now,
  }
  const shown = range === null ? whole : within(range, whole)
  const sites = [...new Set((await stationsById(db, order)).map(({ site }) => site))].sort()
  return {
    ...shown,
    isPart: range !== null,
    hours: (await hourlyArms(db, procedureId, id)).filter(({ hour }) => isIn(hour)),
    closed: closedSpans(await policyOf(db, procedureId), sites, shown),
    marks: events.flatMap((event) => mark(event, state)),
    differences: thinned(all.filter(({ at }) => isIn(at))).flatMap((each) => points(each, plan)),
    durations: null,
    medianSeconds: { canary: null, base: null },
    stations: null,
    failures: null,
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

function points(verdict: Verdict, plan: Plan): RolloutCharts['differences'] {
  return verdict.gates.flatMap((gate) => {
    const judged = plan.gates.find(({ name }) => name === gate.name)
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
      severe: judged ? severeDifference(judged, plan, expectedRate) : null,
      logEvidence: gate.logEvidence,
      logThreshold: gate.logThreshold,
      verdict: gate.verdict,
    }
  })
}

function severeDifference(gate: Gate, plan: Plan, expectedRate: number): number | null {
  const severe = severeRate(gate, plan, expectedRate)
  return severe === null ? null : severe - expectedRate
}
