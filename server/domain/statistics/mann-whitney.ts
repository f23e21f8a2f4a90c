import type { Alternative } from './fisher-exact.ts'
import { normalCdf } from './normal-cdf.ts'
import { rankSumDistribution } from './rank-sum-distribution.ts'

/**
 * Whether the values of one sample tend to be larger than those of another, ranks only.
 *
 * `pairsWon` counts the pairs in which the first sample is larger, ties half. `exact` holds without
 * ties and for up to about 50 values each; `asymptotic` corrects its variance for ties and holds from
 * about eight values each. Valid for a single look: it is shown, it never gates. An empty sample, or
 * all values equal: p = 1.
 *
 * Source: Mann and Whitney (1947); ties after Lehmann, Nonparametrics (1975), 1.4.
 *
 * @example mannWhitney([1.1, 2.2, 3.3], [0.5, 1.5], { alternative: 'greater', method: 'exact' }).p // 0.2
 */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
  how: { alternative: Alternative; method: 'exact' | 'asymptotic'; continuity?: boolean },
): { pairsWon: number; p: number } {
  const { pairsWon, ties } = pairs(first, second)
  const all = first.length * second.length
  if (all === 0) return { pairsWon, p: 1 }
  const upper =
    how.method === 'exact'
      ? exactTail(first.length, second.length)
      : normalTail(first.length, second.length, ties, how.continuity ?? true)
  switch (how.alternative) {
    case 'greater':
      return { pairsWon, p: upper(pairsWon) }
    case 'less':
      return { pairsWon, p: upper(all - pairsWon) }
    case 'two-sided':
      return { pairsWon, p: Math.min(1, 2 * upper(Math.max(pairsWon, all - pairsWon))) }
  }
}

/** Pairs won by rank, and the sum of t³ − t over groups of t equal values. */
function pairs(first: readonly number[], second: readonly number[]): { pairsWon: number; ties: number } {
  const values = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((one, other) => one.value - other.value)
  let rankSum = 0
  let ties = 0
  for (let start = 0; start < values.length; ) {
    let end = start
    let firsts = 0
    while (end < values.length && values[end]?.value === values[start]?.value) {
      if (values[end]?.isFirst) firsts += 1
      end += 1
    }
    const size = end - start
    rankSum += firsts * (start + (size + 1) / 2)
    ties += size ** 3 - size
    start = end
  }
  return { pairsWon: rankSum - (first.length * (first.length + 1)) / 2, ties }
}

function exactTail(size1: number, size2: number): (won: number) => number {
  const chances = rankSumDistribution(size1, size2)
  return (won) =>
    Math.min(
      1,
      chances.slice(Math.ceil(won)).reduce((sum, chance) => sum + chance, 0),
    )
}

function normalTail(
  size1: number,
  size2: number,
  ties: number,
  continuity: boolean,
): (won: number) => number {
  const size = size1 + size2
  const pairsInAll = size1 * size2
  const variance = (pairsInAll / 12) * (size + 1 - (size > 1 ? ties / (size * (size - 1)) : 0))
  return (won) => {
    if (!(variance > 0)) return 1
    const excess = won - pairsInAll / 2 - (continuity ? 0.5 : 0)
    return normalCdf(-excess / Math.sqrt(variance))
  }
}
