// The two-proportion z test of the textbooks, asked again after every run.
import type { Method } from '../watch.ts'
import { leastBad, oneSidedZ } from './usual-line.ts'

/** Pooled variance, one-sided 5 %. Source: Fleiss, Levin and Paik (2003), 3.1; made for a single look. */
export const naiveZ: Method = {
  name: 'naive two-proportion z',
  begin: () => (look) => {
    if (look.canaryBad < leastBad) return false
    const pooled = (look.canaryBad + look.baseBad) / (look.canaryRuns + look.baseRuns)
    const variance = pooled * (1 - pooled) * (1 / look.canaryRuns + 1 / look.baseRuns)
    const difference = look.canaryBad / look.canaryRuns - look.baseBad / look.baseRuns
    return difference > oneSidedZ * Math.sqrt(variance)
  },
}
