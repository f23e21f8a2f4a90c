import { cumulativeNormal } from 'vega-statistics'

/**
 * Share of a standard normal distribution below `value`.
 *
 * Relative error below 1e-8 down to −37, below which it is 0. For an upper tail ask for the lower
 * tail of the negative value, which keeps its digits.
 *
 * Source: West, Better Approximations to Cumulative Normal Functions, Wilmott (2009).
 *
 * @example normalCdf(-1) // 0.15866
 */
export function normalCdf(value: number): number {
  return cumulativeNormal(value, 0, 1)
}
