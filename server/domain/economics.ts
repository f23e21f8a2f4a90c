// What a rollout costs while it is decided, and when that will be: exposure, extra failures, the stage's likely end.
import { isCounted } from './gates/gate.ts'
import type { GateVerdict, Verdict } from './gates/verdict.ts'
import { neededCounts } from './gates/word-of.ts'
import { hour, type Instant, minute } from './instant.ts'
import type { Readiness, ReadinessItem } from './rollout/readiness.ts'
import { canaryStations, isRunning, type RolloutState, type Running, soakedShifts } from './rollout/state.ts'
import type { Economics } from './rollout-view.ts'
import { untilShifts } from './soaked-after.ts'

export type Exposure = {
  /** Of the canary arm since the start. */
  counts: { units: number; runs: number; passRuns: number }
  /** The last hours with runs on the new build, from the one in which the stage began. */
  hours: { hour: Instant; units: number }[]
}

/** Null before the first unit was tested on the new build. Of an ended rollout only what it has cost. */
export function economics(
  state: RolloutState,
  verdict: Verdict | null,
  readiness: Readiness,
  exposure: Exposure,
  now: Instant,
): Economics | null {
  if (exposure.counts.units === 0) return null
  const pace = isRunning(state) ? unitsPerHour(state, exposure.hours, now) : null
  return {
    unitsPerHour: pace,
    extraFailures: verdict && extraFailures(verdict),
    verdictAt:
      state.status === 'active' && verdict ? passesAt(state, verdict, readiness, exposure, pace, now) : null,
  }
}

/** When each thing that the stage waits for by itself is reached, at the present pace; what cannot be told is left out. */
export function itemForecasts(
  state: RolloutState,
  { items }: Readiness,
  hours: Exposure['hours'],
  now: Instant,
): { kind: ReadinessItem['kind']; at: Instant }[] {
  if (state.status !== 'active') return []
  const pace = unitsPerHour(state, hours, now)
  return items.flatMap((item) => {
    const wait = itemWaits(item, state, pace, now)
    return wait > 0 && Number.isFinite(wait) ? [{ kind: item.kind, at: inWholeMinutes(now, wait) }] : []
  })
}

/** Over whole hours, the present one and the rollout's first as far as they go; fewer than five units tell no pace. */
function unitsPerHour({ startedAt }: Running, hours: Exposure['hours'], now: Instant): number | null {
  const units = hours.reduce((sum, each) => sum + each.units, 0)
  const lasted = hours.reduce(
    (sum, each) => sum + Math.max(0, Math.min(each.hour + hour, now) - Math.max(each.hour, startedAt)),
    0,
  )
  return units < leastUnits || lasted === 0 ? null : (units * hour) / lasted
}

const leastUnits = 5

/** On the counts that the verdict saw, within its always-valid bounds: at least 95 %, whenever it is looked at. */
function extraFailures({ gates }: Verdict): Economics['extraFailures'] {
  const gate = gates.find((each) => each.metric === 'first-pass yield' && each.comparison !== 'absolute')
  if (!gate || gate.difference === null) return null
  const { n } = gate.canary
  const times = (rate: number | null) => (rate === null ? null : n * rate)
  return {
    estimate: n * gate.difference,
    low: times(gate.differenceLow),
    high: times(gate.differenceHigh),
  }
}

/**
 * The latest of all that the stage still waits for by itself; people's approvals and windows are not in it. Null when
 * nothing of it is left: the verdict is there.
 */
function passesAt(
  state: Running,
  verdict: Verdict,
  { items }: Readiness,
  exposure: Exposure,
  pace: number | null,
  now: Instant,
): Instant | null {
  const waits = [
    ...items.map((item) => itemWaits(item, state, pace, now)),
    ...verdict.gates
      .filter((gate) => gate.acts && gate.mode !== 'observe' && gate.verdict !== 'pass')
      .map((gate) => gateWaits(gate, state, exposure.counts, pace)),
  ]
  const hours = Math.max(0, ...waits)
  return hours > 0 && Number.isFinite(hours) ? inWholeMinutes(now, hours) : null
}

function inWholeMinutes(now: Instant, hours: number): Instant {
  return Math.ceil((now + hours * hour) / minute) * minute
}

/** Hours from now; infinite where that cannot be said. */
function itemWaits(item: ReadinessItem, state: Running, pace: number | null, now: Instant): number {
  const { met, needed, done, kind } = item
  if (met) return 0
  const missing = needed - done
  switch (kind) {
    case 'soak':
      return state.soakingSince === null ? Number.POSITIVE_INFINITY : missing / 60
    case 'shifts':
      return state.soakingSince === null
        ? Number.POSITIVE_INFINITY
        : untilFullShifts(needed, state, state.soakingSince, now)
    case 'samples':
      return atPace(missing, pace)
    case 'samples per station':
      return atPace(missing * canaryStations(state).length, pace)
    case 'stations':
    case 'breach':
      return Number.POSITIVE_INFINITY
    case 'gates':
    case 'limits':
    case 'window':
    case 'freeze':
    case 'backend':
    case 'approvals':
      return 0
  }
}

function untilFullShifts(needed: number, state: Running, soakingSince: Instant, now: Instant): number {
  const from = Math.max(soakingSince, ...(state.unmeasured ?? []).map(({ to }) => to))
  return untilShifts(needed - soakedShifts(state, from), state.plan.shifts, from) - (now - from) / hour
}

/** Hours until it may pass. A gate half-way to a breach, or one that has what it asked for and doubts still, tells none. */
function gateWaits(
  verdict: GateVerdict,
  { plan, stageIndex }: Running,
  counts: Exposure['counts'],
  pace: number | null,
): number {
  const gate = plan.gates.find((each) => each.name === verdict.name)
  const target = plan.stages[stageIndex]?.soak.firstAttempts ?? 0
  if (!gate || !isCounted(gate) || verdict.verdict !== 'wait') return Number.POSITIVE_INFINITY
  const missing = neededCounts(gate, { target }) - verdict.canary.n
  const leans = verdict.logEvidence > verdict.logThreshold / 2
  return missing <= 0 || leans
    ? Number.POSITIVE_INFINITY
    : atPace(missing / countsPerUnit(verdict, counts), pace)
}

function countsPerUnit({ unit }: GateVerdict, { units, runs, passRuns }: Exposure['counts']): number {
  if (unit === 'first attempts') return 1
  // Shadow runs come at a pace of their own, which nobody knows.
  if (unit === 'pairs') return 0
  return (unit === 'PASS runs' ? passRuns : runs) / units
}

function atPace(units: number, pace: number | null): number {
  return pace === null || pace === 0 ? Number.POSITIVE_INFINITY : units / pace
}
