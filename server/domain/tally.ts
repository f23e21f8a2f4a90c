// Tallies: what a batch of new runs changes in the counts. Pure, so that any order of arrival can be tried.
import type { AttemptDay } from './attempt-rule.ts'
import { type Counting, isBad } from './gates/counting.ts'
import type { UsualRates } from './gates/mix.ts'
import type { DeploymentId, RolloutId, RunId, StationId } from './ids.ts'
import { hour, type Instant } from './instant.ts'
import { type MetricTally, metricSums } from './metric-tally.ts'
import type { Uncounted } from './rollout/state.ts'
import type { Run } from './run.ts'

export type Counts = {
  units: number
  passed: number
  runs: number
  errors: number
  timeouts: number
  passRuns: number
  passMs: number
}
export const noCounts: Counts = {
  units: 0,
  passed: 0,
  runs: 0,
  errors: 0,
  timeouts: 0,
  passRuns: 0,
  passMs: 0,
}

export type Arm = 'canary' | 'base' | 'other'

/** The earliest run of a unit, or of a unit and day, that was not aborted, was no shadow run and was not of a reference sample. */
export type FirstAttempt = {
  unit: string
  /** Of its start where each day has its own; else empty. */
  day: string
  runId: RunId
  stationId: StationId
  deploymentId: DeploymentId | null
  startedAt: Instant
  passed: boolean
  product: string | null
  shift: number
}

/** A rollout's claim on runs: those of its stations that started in [startedAt, endedAt). */
export type Window = {
  rolloutId: RolloutId
  deploymentId: DeploymentId
  baseDeploymentId: DeploymentId
  startedAt: Instant
  endedAt: Instant | null
  /** Its stations, of those that the runs are of, each with its usual numbers by the key of their counting. */
  stations: ReadonlyMap<StationId, ReadonlyMap<string, number>>
  /** When some of them were excluded. A run belongs to the moment of its start, whenever it arrives. */
  uncounted?: ReadonlyMap<StationId, Uncounted[]>
  /** What its gates count. */
  countings: Counting[]
  usualRates: UsualRates
}

export type HourlyDelta = {
  deploymentId: DeploymentId | null
  stationId: StationId
  hour: Instant
  counts: Counts
}
export type ArmDelta = { rolloutId: RolloutId; arm: Arm; stationId: StationId; counts: Counts }
export type TallyChange = {
  firstAttempts: FirstAttempt[]
  hourly: HourlyDelta[]
  arms: ArmDelta[]
  metrics: MetricTally[]
}

/**
 * What newly stored runs change. An earlier run that arrives late takes the first attempt of its unit over, and
 * moves a count from where the later run stood, between arms too.
 * @param runs runs really inserted (no repeats), all of one procedure.
 * @param known first attempts already stored for the units and days of these runs.
 * @param dayOf the day that each attempt is of, by the procedure's rule; without it a unit has one for ever.
 */
export function tallyChange(
  runs: Run[],
  known: FirstAttempt[],
  windows: Window[],
  dayOf: AttemptDay = () => '',
): TallyChange {
  const change = accumulator(windows)
  const counted = runs.filter(isCounted)
  for (const run of counted) change.addRun(run)
  const first = new Map(known.map((attempt) => [keyOf(attempt), attempt]))
  const changed = new Map<string, FirstAttempt>()
  for (const run of counted) {
    const attempt = firstAttempt(run, dayOf(run.startedAt))
    const key = keyOf(attempt)
    const present = first.get(key)
    if (present && !isEarlier(attempt, present)) continue
    if (present) change.addAttempt(present, -1)
    change.addAttempt(attempt, 1)
    first.set(key, attempt)
    changed.set(key, attempt)
  }
  return { firstAttempts: [...changed.values()], ...change.deltas() }
}

/**
 * What a person stopped says nothing; what a reference sample shows is known beforehand; a shadow run is no production.
 */
function isCounted(run: Pick<Run, 'outcome' | 'sample' | 'shadow'>): boolean {
  return run.outcome !== 'ABORTED' && run.sample === null && !run.shadow
}

/** No day holds a space, and a unit may. */
function keyOf({ unit, day }: FirstAttempt): string {
  return `${day} ${unit}`
}

/** The arm of a rollout that a run counts for; null when the rollout has no claim on it. */
export function armOf(run: Countable, window: Window): Arm | null {
  if (run.startedAt < window.startedAt || (window.endedAt !== null && run.startedAt >= window.endedAt))
    return null
  if (!window.stations.has(run.stationId) || run.deploymentId === null) return null
  const spans = window.uncounted?.get(run.stationId) ?? []
  if (spans.some(({ from, to }) => run.startedAt >= from && (to === null || run.startedAt < to))) return null
  if (run.deploymentId === window.deploymentId) return 'canary'
  return run.deploymentId === window.baseDeploymentId ? 'base' : 'other'
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    units: a.units + b.units,
    passed: a.passed + b.passed,
    runs: a.runs + b.runs,
    errors: a.errors + b.errors,
    timeouts: a.timeouts + b.timeouts,
    passRuns: a.passRuns + b.passRuns,
    passMs: a.passMs + b.passMs,
  }
}

type Countable = { stationId: StationId; deploymentId: DeploymentId | null; startedAt: Instant }

function accumulator(windows: Window[]) {
  const hourly = new Map<string, HourlyDelta>()
  const arms = new Map<string, ArmDelta>()
  const metrics = metricSums()

  /** Adds to the hour and to the arms; returns the claims on it. */
  function add(run: Countable, counts: Counts): { window: Window; arm: Arm }[] {
    const start = Math.floor(run.startedAt / hour) * hour
    const key = `${run.deploymentId}/${run.stationId}/${start}`
    const present = hourly.get(key)
    hourly.set(key, {
      deploymentId: run.deploymentId,
      stationId: run.stationId,
      hour: start,
      counts: addCounts(present?.counts ?? noCounts, counts),
    })
    return windows.flatMap((window) => {
      const arm = armOf(run, window)
      if (arm === null) return []
      const armKey = `${window.rolloutId}/${arm}/${run.stationId}`
      const before = arms.get(armKey)?.counts ?? noCounts
      arms.set(armKey, {
        rolloutId: window.rolloutId,
        arm,
        stationId: run.stationId,
        counts: addCounts(before, counts),
      })
      return [{ window, arm }]
    })
  }

  return {
    addRun(run: Run): void {
      const { stationId, product, shift } = run
      for (const { window, arm } of add(run, runCounts(run))) {
        const usual = window.stations.get(stationId)
        for (const counting of window.countings) {
          if (counting.of !== 'runs') continue
          const bad = isBad(counting, run, arm, usual?.get(counting.key) ?? null)
          if (bad === undefined) continue
          metrics.add(window, {
            arm,
            stationId,
            product,
            shift,
            metric: counting.key,
            n: 1,
            bad: bad ? 1 : 0,
          })
        }
      }
    },
    addAttempt(attempt: FirstAttempt, sign: 1 | -1): void {
      const { stationId, product, shift } = attempt
      const bad = attempt.passed ? 0 : sign
      for (const { window, arm } of add(attempt, attemptCounts(attempt, sign)))
        for (const { of, key } of window.countings)
          if (of === 'first attempts')
            metrics.add(window, { arm, stationId, product, shift, metric: key, n: sign, bad })
    },
    // Sorted, so that concurrent writers touch hot rows in one order and cannot deadlock.
    deltas: () => ({ hourly: sorted(hourly), arms: sorted(arms), metrics: metrics.tallies() }),
  }
}

function sorted<Value>(map: Map<string, Value>): Value[] {
  return [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

function runCounts(run: Run): Counts {
  const pass = run.outcome === 'PASS'
  return {
    ...noCounts,
    runs: 1,
    errors: run.outcome === 'ERROR' ? 1 : 0,
    timeouts: run.outcome === 'TIMEOUT' ? 1 : 0,
    passRuns: pass ? 1 : 0,
    passMs: pass ? run.endedAt - run.startedAt : 0,
  }
}

function attemptCounts(attempt: FirstAttempt, sign: 1 | -1): Counts {
  return { ...noCounts, units: sign, passed: attempt.passed ? sign : 0 }
}

function firstAttempt(run: Run, day: string): FirstAttempt {
  const { unit, stationId, deploymentId, startedAt, product, shift } = run
  const passed = run.outcome === 'PASS'
  return { unit, day, runId: run.id, stationId, deploymentId, startedAt, passed, product, shift }
}

/** Two runs of a unit that start together: the smaller id is first, wherever and whenever they arrive. */
function isEarlier(a: FirstAttempt, b: FirstAttempt): boolean {
  return a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.runId < b.runId)
}
