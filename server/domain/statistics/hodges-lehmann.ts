import { median } from 'simple-statistics'
import { normalQuantile } from './normal-quantile.ts'
import { rankSumDistribution } from './rank-sum-distribution.ts'
import type { Interval } from './wilson-interval.ts'

/**
 * By how much one sample lies above another: the median of all differences between their values.
 *
 * Outliers hardly move it. The limits are differences themselves, as many in from the ends as the
 * rank-sum distribution asks: exact without ties and up to 50 values each, by normal approximation
 * otherwise. All pairs are formed, so samples of up to about 2,000 values. Valid for a single look.
 * An empty sample: undefined.
 *
 * Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963), 598; limits as in R's
 * wilcox.test.
 *
 * @example hodgesLehmann([3, 5, 7], [1, 2], 0.95)?.estimate // 3.5
 */
export function hodgesLehmann(
  first: readonly number[],
  second: readonly number[],
  confidence: number,
): (Interval & { estimate: number }) | undefined {
  const differences = first.flatMap((one) => second.map((other) => one - other)).sort((a, b) => a - b)
  const lowest = differences[0]
  const highest = differences.at(-1)
  if (lowest === undefined || highest === undefined) return undefined
  const outside = (1 - confidence) / 2
  const cut = Math.max(1, isExact(first, second) ? exactCut(first, second) : normalCut(first, second))
  return {
    estimate: median(differences),
    lower: differences[cut - 1] ?? lowest,
    upper: differences[differences.length - cut] ?? highest,
  }

  function exactCut(one: readonly number[], other: readonly number[]): number {
    let below = 0
    return rankSumDistribution(one.length, other.length).findIndex((chance) => {
      below += chance
      return below >= outside
    })
  }

  function normalCut(one: readonly number[], other: readonly number[]): number {
    const pairs = one.length * other.length
    const spread = Math.sqrt((pairs * (one.length + other.length + 1)) / 12)
    return Math.floor(pairs / 2 + normalQuantile(outside) * spread)
  }
}

function isExact(first: readonly number[], second: readonly number[]): boolean {
  const isSmall = first.length < 50 && second.length < 50
  return isSmall && new Set([...first, ...second]).size === first.length + second.length
}
