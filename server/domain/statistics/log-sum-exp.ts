/**
 * The logarithm of a sum of numbers that are given as logarithms.
 *
 * Likelihoods of a thousand runs are smaller than the smallest number a computer holds, so they are
 * kept as logarithms; the largest is taken out before the exponentials are added. An empty list is
 * an empty sum: minus infinity.
 *
 * Source: Blanchard, Higham and Higham, IMA Journal of Numerical Analysis 41 (2021), 2311.
 *
 * @example logSumExp([Math.log(2), Math.log(3)]) // Math.log(5)
 */
export function logSumExp(logarithms: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY
  for (const value of logarithms) if (value > largest) largest = value
  if (!Number.isFinite(largest)) return largest
  let sum = 0
  for (const value of logarithms) sum += Math.exp(value - largest)
  return largest + Math.log(sum)
}
