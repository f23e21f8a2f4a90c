import type { TwoByTwo } from './fisher-exact.ts'
import { normalQuantile } from './normal-quantile.ts'

export type OddsRatio = { readonly oddsRatio: number; readonly lower: number; readonly upper: number }

/**
 * One odds ratio, first arm against second, out of several tables (stations, products, shifts).
 *
 * Each table is compared within itself, so that a bad product that only one arm ran does not count
 * against it. The limits hold for many small tables as for few large ones, for a single look. Without
 * failures to compare in both directions there is no ratio: undefined.
 *
 * Source: Mantel and Haenszel, JNCI 22 (1959), 719; limits by Robins, Breslow and Greenland,
 * Biometrics 42 (1986), 311.
 *
 * @example [[5, 95], [12, 888]], [[9, 41], [30, 420]], [[2, 198], [6, 1794]]: 3.29, 1.81 to 5.99
 */
export function mantelHaenszel(tables: readonly TwoByTwo[], confidence: number): OddsRatio | undefined {
  let worse = 0
  let better = 0
  let worseAgreeing = 0
  let mixed = 0
  let betterAgainst = 0
  for (const [[bad1, good1], [bad2, good2]] of tables) {
    const runs = bad1 + good1 + bad2 + good2
    if (runs === 0) continue
    const agreeing = (bad1 + good2) / runs
    const against = (good1 + bad2) / runs
    const forWorse = (bad1 * good2) / runs
    const forBetter = (good1 * bad2) / runs
    worse += forWorse
    better += forBetter
    worseAgreeing += agreeing * forWorse
    mixed += agreeing * forBetter + against * forWorse
    betterAgainst += against * forBetter
  }
  if (worse === 0 || better === 0) return undefined
  const oddsRatio = worse / better
  const variance =
    worseAgreeing / (2 * worse ** 2) + mixed / (2 * worse * better) + betterAgainst / (2 * better ** 2)
  const factor = Math.exp(normalQuantile((1 + confidence) / 2) * Math.sqrt(variance))
  return { oddsRatio, lower: oddsRatio / factor, upper: oddsRatio * factor }
}
