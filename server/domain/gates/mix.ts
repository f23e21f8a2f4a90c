// The mix of products and shifts: what a station's rate is expected to become because it makes other things.
import { logOdds } from '../statistics/log-odds.ts'

/** Per metric and `cell`, the fleet's bad rate on base before the rollout; under `''` the fleet's own. */
export type UsualRates = Record<string, Record<string, number>>

/** A product on a shift. */
export function cell(product: string | null, shift: number): string {
  return `${shift} ${product ?? ''}`
}

/** So many cells are kept of a metric, the largest: what a window reads with every batch must stay small. */
const mostCells = 400
/** Counts at the fleet's own rate that are added to each cell, as `mixIndex` does: a small cell proves little. */
const weightOfFleet = 50

/** The fleet's bad rates from what all its stations counted in the past; nothing for a metric without a past. */
export function usualRates(
  counted: { metric: string; product: string | null; shift: number; n: number; bad: number }[],
): UsualRates {
  const byMetric = Map.groupBy(counted, ({ metric }) => metric)
  return Object.fromEntries(
    [...byMetric].flatMap(([metric, ofMetric]) => {
      const cells = new Map<string, { n: number; bad: number }>()
      for (const { product, shift, n, bad } of ofMetric) {
        const name = cell(product, shift)
        const sum = cells.get(name) ?? { n: 0, bad: 0 }
        cells.set(name, { n: sum.n + n, bad: sum.bad + bad })
      }
      const all = total([...cells.values()])
      if (all.n <= 0) return []
      const rate = (all.bad + 0.5) / (all.n + 1)
      const largest = [...cells]
        .sort(([a, { n }], [b, { n: other }]) => other - n || (a < b ? -1 : 1))
        .slice(0, mostCells)
      const rates = largest.map(([name, { n, bad }]) => [
        name,
        (bad + weightOfFleet * rate) / (n + weightOfFleet),
      ])
      return [[metric, { ...Object.fromEntries(rates), '': rate }]]
    }),
  )
}

/** The bad rate usual for that product and shift; the fleet's own where it is new, 0 where nothing is known. */
export function usualRate(rates: UsualRates, metric: string, product: string | null, shift: number): number {
  const ofMetric = rates[metric]
  return ofMetric?.[cell(product, shift)] ?? ofMetric?.[''] ?? 0
}

/**
 * How much a change of mix moves a station's expected bad rate, in log-odds: `mixIndex` on sums that were kept while
 * counting. `expected` sums the usual rate of everything counted, so `expected / n` is what the mix alone would give.
 */
export function mixShift(
  past: { n: number; expected: number },
  since: { n: number; expected: number },
): number {
  if (past.n <= 0 || since.n <= 0 || past.expected <= 0 || since.expected <= 0) return 0
  return logOdds(since.expected / since.n) - logOdds(past.expected / past.n)
}

function total(counts: { n: number; bad: number }[]): { n: number; bad: number } {
  return counts.reduce((sum, { n, bad }) => ({ n: sum.n + n, bad: sum.bad + bad }), { n: 0, bad: 0 })
}
