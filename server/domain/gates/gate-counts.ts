// From tallies to what the gates judge: each station once, in the arm it is in now.
import type { StationId } from '../ids.ts'
import type { MetricTally } from '../metric-tally.ts'
import type { RolloutState } from '../rollout/state.ts'
import { directStandardisation } from '../statistics/direct-standardisation.ts'
import type { MetricPast } from './metric-past.ts'
import { mixShift } from './mix.ts'
import type { GateStation } from './question.ts'

/** Counts of an arm that is judged, by shift. */
export type JudgedTally = Omit<MetricTally, 'rolloutId' | 'arm'> & { arm: 'canary' | 'base' }
type Sums = { n: number; bad: number; expected: number }

/**
 * A station that has run the new build counts for the canary from its own switch; until then it is base, and what it
 * did as base is no longer concurrent with the base stations that remain. What a base station did is weighed as if it
 * had worked in the shifts that the canary stations worked in: a canary that ran at night is not held against days.
 * @param late what of the tallies is not to be judged yet.
 */
export function gateStations(
  state: Pick<RolloutState, 'order' | 'stations'>,
  pasts: Omit<MetricPast, 'usual'>[],
  tallies: JudgedTally[],
  late: JudgedTally[],
): GateStation[] {
  const canaries = new Set(tallies.filter(({ arm }) => arm === 'canary').map(({ stationId }) => stationId))
  const armOf = (id: StationId) =>
    canaries.has(id) || state.stations[id]?.status === 'confirmed' ? 'canary' : 'base'
  const judged = withoutLate(tallies, late).filter(({ arm, stationId }) => arm === armOf(stationId))
  const canaryRuns = runsByShift(judged.filter(({ arm }) => arm === 'canary'))
  const own = Map.groupBy(judged, ({ stationId }) => stationId)
  const past = Map.groupBy(pasts, ({ stationId }) => stationId)
  return state.order.map((id) => {
    const arm = armOf(id)
    const before = new Map((past.get(id) ?? []).map((each) => [each.metric, each]))
    const since = [...Map.groupBy(own.get(id) ?? [], ({ metric }) => metric)].map(
      ([metric, ofMetric]): [string, Sums] => [
        metric,
        arm === 'base' ? inShiftsOf(canaryRuns.get(metric), ofMetric) : total(ofMetric),
      ],
    )
    return {
      id,
      arm,
      past: Object.fromEntries([...before].map(([metric, { n, bad }]) => [metric, { n, bad }])),
      since: Object.fromEntries(since.map(([metric, { n, bad }]) => [metric, { n, bad }])),
      mix: Object.fromEntries(
        since.map(([metric, sums]) => [metric, mixShift(before.get(metric) ?? none, sums)]),
      ),
    }
  })
}

/** The two reads may be a commit apart: more bad ones than counted would be a negative count of good ones. */
function withoutLate(tallies: JudgedTally[], late: JudgedTally[]): JudgedTally[] {
  const key = ({ arm, stationId, metric, shift }: JudgedTally) => `${arm}/${stationId}/${metric}/${shift}`
  const less = new Map(late.map((tally) => [key(tally), tally]))
  const left = tallies.map((tally) => {
    const { n, bad, expected } = less.get(key(tally)) ?? none
    const remaining = Math.max(0, tally.n - n)
    return {
      ...tally,
      n: remaining,
      bad: Math.min(remaining, Math.max(0, tally.bad - bad)),
      expected: Math.max(0, tally.expected - expected),
    }
  })
  return left.filter(({ n }) => n > 0)
}

/** What the canary arm counted of each metric, by shift. */
function runsByShift(canary: JudgedTally[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const runs = new Map<string, Map<string, number>>()
  for (const { metric, shift, n } of canary) {
    const ofMetric = runs.get(metric) ?? new Map<string, number>()
    ofMetric.set(String(shift), (ofMetric.get(String(shift)) ?? 0) + n)
    runs.set(metric, ofMetric)
  }
  return runs
}

/** As they are where the canary has counted nothing; the same where both worked the same shifts in the same parts. */
function inShiftsOf(canaryRuns: ReadonlyMap<string, number> | undefined, tallies: JudgedTally[]): Sums {
  if (!canaryRuns) return total(tallies)
  const standardised = (of: 'bad' | 'expected') =>
    directStandardisation(
      new Map(tallies.map((tally) => [String(tally.shift), { bad: tally[of], runs: tally.n }])),
      canaryRuns,
    )
  const { runs, bad } = standardised('bad')
  return { n: runs, bad, expected: standardised('expected').bad }
}

function total(tallies: JudgedTally[]): Sums {
  return tallies.reduce(
    (sum, { n, bad, expected }) => ({
      n: sum.n + n,
      bad: sum.bad + bad,
      expected: sum.expected + expected,
    }),
    none,
  )
}

const none: Sums = { n: 0, bad: 0, expected: 0 }
