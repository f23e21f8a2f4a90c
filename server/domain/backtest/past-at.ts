// The past of a fleet, made from the runs themselves as a rollout that begins then freezes it.
import { type Counting, countings, type RunCounting } from '../gates/counting.ts'
import { type DriftNoise, driftNoise } from '../gates/drift-noise.ts'
import type { Gate } from '../gates/gate.ts'
import { type MetricPast, metricPasts, type PastCounts, pastOfRuns } from '../gates/metric-past.ts'
import { type UsualRates, usualRates } from '../gates/mix.ts'
import type { StationId } from '../ids.ts'
import { type HistoryRun, runsBetween } from './history.ts'
import { pastMs, type Start } from './starts.ts'

export type FrozenPast = { pasts: MetricPast[]; usualRates: UsualRates; driftNoise: DriftNoise }

/** First attempts, and runs, of each station. */
const mostCounted = 2_000
/** Runs of each station behind a gate of one's own: so many are read when a rollout starts. */
const mostRead = 500

/** Of the start's stations, over the 14 days before it, at most the last 2,000 counts of each. */
export function pastAt({ at, stations }: Pick<Start, 'at' | 'stations'>, gates: Gate[]): FrozenPast {
  const own = countings(gates.filter((gate) => gate.metric === 'custom'))
  const builtIn = countings(gates.filter((gate) => gate.metric !== 'custom'))
  const past = together(
    stations.flatMap(({ id, runs }) => {
      const before = runsBetween(runs, at - pastMs, at)
      return [countsOf(id, builtIn, before, mostCounted), countsOf(id, own, before, mostRead)]
    }),
  )
  const ids = stations.map(({ id }) => id)
  const rates = usualRates(past.cells)
  return {
    pasts: metricPasts(
      ids,
      countings(gates).map(({ key }) => key),
      past,
      rates,
    ),
    usualRates: rates,
    driftNoise: driftNoise(past.days),
  }
}

/** What these runs of one station come to, at most the last so many first attempts and runs of them. */
export function countsOf(
  id: StationId,
  asked: Counting[],
  runs: HistoryRun[],
  most = Number.POSITIVE_INFINITY,
): PastCounts {
  const ofRuns = asked.filter((counting) => counting.of === 'runs')
  const ofAttempts = asked.filter((counting) => counting.of === 'first attempts').map(failed)
  const attempts = ofAttempts.length === 0 ? [] : runs.filter((run) => run.isFirstAttempt)
  return together([
    pastOfRuns(id, ofRuns, runs.slice(-most)),
    pastOfRuns(id, ofAttempts, attempts.slice(-most)),
  ])
}

/** Among runs that all are first attempts. */
function failed({ key }: Counting): RunCounting {
  return { key, of: 'runs', usual: null, isBad: (run) => run.outcome !== 'PASS' }
}

function together(parts: PastCounts[]): PastCounts {
  return {
    cells: parts.flatMap(({ cells }) => cells),
    days: parts.flatMap(({ days }) => days),
    usual: parts.flatMap(({ usual }) => usual),
  }
}
