import { quantileNormal } from 'vega-statistics'

/**
 * The value below which a given share of a standard normal distribution lies.
 *
 * Error below 1e-8 for shares from 1e-9 on; 0 and 1 give minus and plus infinity.
 *
 * Source: Giles, Approximating the erfinv function, GPU Computing Gems 2 (2010).
 *
 * @example normalQuantile(0.975) // 1.95996
 */
export function normalQuantile(share: number): number {
  return quantileNormal(share, 0, 1)
}
