import type { TwoCounts } from './two-counts.ts'

/**
 * Lower limit of the difference of two rates (first less second) that may be looked at any time, as
 * experiment platforms draw it: for comparison with our own bounds, never for a verdict.
 *
 * Asymptotic: it holds from about a hundred runs in each arm, and knows nothing of stations. It is
 * tightest around `tunedFor` runs. An arm without runs: nothing is proven, minus infinity.
 *
 * Source: Waudby-Smith et al., Time-uniform central limit theory, Annals of Statistics (2024), eq. 134,
 * as GrowthBook computes it.
 *
 * @example 12 of 200 against 36 of 1,800, alpha 0.05, tuned for 5,000: lower limit -0.0094
 */
export function confidenceSequenceLower(
  { bad1, runs1, bad2, runs2 }: TwoCounts,
  { alpha, tunedFor }: { alpha: number; tunedFor: number },
): { tuning: number; halfWidth: number; lower: number } {
  const twoSided = -2 * Math.log(2 * alpha)
  const tuning = Math.sqrt((twoSided + Math.log(twoSided + 1)) / tunedFor)
  if (runs1 <= 0 || runs2 <= 0) {
    return { tuning, halfWidth: Number.POSITIVE_INFINITY, lower: Number.NEGATIVE_INFINITY }
  }
  const rate1 = bad1 / runs1
  const rate2 = bad2 / runs2
  const runs = runs1 + runs2
  const variance = runs * ((rate1 * (1 - rate1)) / runs1 + (rate2 * (1 - rate2)) / runs2)
  const grown = runs * tuning ** 2 + 1
  const halfWidth = Math.sqrt(
    variance * ((2 * grown) / (runs ** 2 * tuning ** 2)) * Math.log(1 + Math.sqrt(grown) / (2 * alpha)),
  )
  return { tuning, halfWidth, lower: rate1 - rate2 - halfWidth }
}
