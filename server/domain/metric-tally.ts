// What the gates count of a rollout, summed by arm, station, counting and shift, beside what the mix lets expect.
import { type UsualRates, usualRate } from './gates/mix.ts'
import type { RolloutId, StationId } from './ids.ts'
import type { Arm } from './tally.ts'

export type MetricTally = {
  rolloutId: RolloutId
  arm: Arm
  stationId: StationId
  /** The key of a counting. */
  metric: string
  shift: number
  n: number
  bad: number
  /** Sum, over what was counted, of the bad rate that is usual for its product and shift. */
  expected: number
}

/** Counts of one product: its rate is not kept apart, only what it lets expect. */
export type CountedCell = Omit<MetricTally, 'rolloutId' | 'expected'> & { product: string | null }

/** Gathers counts, in any order and with either sign. */
export function metricSums() {
  const sums = new Map<string, MetricTally>()
  return {
    add(rollout: { rolloutId: RolloutId; usualRates: UsualRates }, counted: CountedCell): void {
      const { arm, stationId, metric, shift, n, bad } = counted
      const expected = n * usualRate(rollout.usualRates, metric, counted.product, shift)
      const key = `${rollout.rolloutId}/${arm}/${stationId}/${metric}/${shift}`
      const sum = sums.get(key)
      if (!sum)
        sums.set(key, { rolloutId: rollout.rolloutId, arm, stationId, metric, shift, n, bad, expected })
      else {
        sum.n += n
        sum.bad += bad
        sum.expected += expected
      }
    },
    // Sorted, so that concurrent writers touch hot rows in one order and cannot deadlock.
    tallies: (): MetricTally[] =>
      [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally),
  }
}
