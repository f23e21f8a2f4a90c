// The two-proportion z test of the textbooks, asked again after every run.
import type { Look, Method } from '../watch.ts'
import { leastBad, oneSidedZ } from './usual-line.ts'

/** Pooled variance, one-sided 5 %. Source: Fleiss, Levin and Paik (2003), 3.1; made for a single look. */
export const naiveZ: Method = { name: 'naive two-proportion z', begin: () => isHigherByZ }

export function isHigherByZ({
  canaryRuns,
  canaryBad,
  baseRuns,
  baseBad,
}: Pick<Look, 'canaryRuns' | 'canaryBad' | 'baseRuns' | 'baseBad'>): boolean {
  if (canaryBad < leastBad) return false
  const pooled = (canaryBad + baseBad) / (canaryRuns + baseRuns)
  const variance = pooled * (1 - pooled) * (1 / canaryRuns + 1 / baseRuns)
  return canaryBad / canaryRuns - baseBad / baseRuns > oneSidedZ * Math.sqrt(variance)
}
