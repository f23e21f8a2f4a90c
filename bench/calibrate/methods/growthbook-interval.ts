// GrowthBook's sequential confidence interval, one-sided.
import { confidenceSequenceLower } from '../../../server/domain/statistics/confidence-sequence.ts'
import type { Method } from '../watch.ts'
import { leastBad } from './usual-line.ts'

/**
 * Stops when the lower limit of canary less base is above 0; alpha 5 %, tuned for 5,000 runs, which is
 * the platform's default.
 *
 * Source: docs.growthbook.io/statistics/sequential; Waudby-Smith et al., Annals of Statistics (2024).
 */
export const growthBookInterval: Method = {
  name: 'GrowthBook sequential interval',
  begin: () => (look) => {
    if (look.canaryBad < leastBad) return false
    const counts = {
      bad1: look.canaryBad,
      runs1: look.canaryRuns,
      bad2: look.baseBad,
      runs2: look.baseRuns,
    }
    return confidenceSequenceLower(counts, { alpha: 0.05, tunedFor: 5000 }).lower > 0
  },
}
