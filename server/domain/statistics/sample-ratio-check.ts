import { chiSquaredTail } from './chi-squared-tail.ts'

/**
 * Whether units arrived in the arms in the shares they were sent in.
 *
 * A small p (under 0.001) means that runs got lost or went astray, and no comparison of the arms can be
 * trusted. It holds only where units are routed at random, with five or more expected in each arm.
 * No units, or fewer than two arms with a share: p = 1.
 *
 * Source: Pearson, Philosophical Magazine 50 (1900), 157.
 *
 * @example sampleRatioCheck([620, 4380], [0.1, 0.9]) // { chiSquared: 32, p: 1.5e-8 }
 */
export function sampleRatioCheck(
  observed: readonly number[],
  weights: readonly number[],
): { chiSquared: number; p: number } {
  const arms = observed.map((count, arm) => ({ count, weight: weights[arm] ?? 0 }))
  const open = arms.filter(({ weight }) => weight > 0)
  const units = open.reduce((sum, { count }) => sum + count, 0)
  const weight = open.reduce((sum, arm) => sum + arm.weight, 0)
  if (units === 0 || open.length < 2) return { chiSquared: 0, p: 1 }
  const chiSquared = open.reduce((sum, arm) => {
    const expected = (units * arm.weight) / weight
    return sum + (arm.count - expected) ** 2 / expected
  }, 0)
  return { chiSquared, p: chiSquaredTail(chiSquared, open.length - 1) }
}
