// Difference in differences: canary against its own past, less base against its own past, as a z test.
import type { Counted } from '../fleet.ts'
import type { Method } from '../watch.ts'
import { leastBad, oneSidedZ } from './usual-line.ts'

/** Arms pooled, one-sided 5 %. Source: Angrist and Pischke, Mostly Harmless Econometrics (2009), 5.2. */
export const differenceInDifferences: Method = {
  name: 'difference in differences z',
  begin: ({ past, canary }) => {
    const canaryPast = arm(past.slice(0, canary))
    const basePast = arm(past.slice(canary))
    return (look) => {
      if (look.canaryBad < leastBad) return false
      const canaryNow = arm([{ runs: look.canaryRuns, bad: look.canaryBad }])
      const baseNow = arm([{ runs: look.baseRuns, bad: look.baseBad }])
      const difference = canaryNow.rate - canaryPast.rate - (baseNow.rate - basePast.rate)
      const variance = canaryNow.variance + canaryPast.variance + baseNow.variance + basePast.variance
      return difference > oneSidedZ * Math.sqrt(variance)
    }
  },
}

function arm(stations: readonly Counted[]): { rate: number; variance: number } {
  const runs = stations.reduce((sum, station) => sum + station.runs, 0)
  const bad = stations.reduce((sum, station) => sum + station.bad, 0)
  const rate = bad / runs
  return { rate, variance: (rate * (1 - rate)) / runs }
}
