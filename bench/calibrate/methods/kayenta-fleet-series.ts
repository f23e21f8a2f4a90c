// Kayenta on two time series: the canary's and base's bad rate in the same stretches of time.
import type { Method } from '../watch.ts'
import { isHigh } from './kayenta-judge.ts'
import { addValue, noValues } from './value-counts.ts'

/** A point of the series is 20 canary runs, and base's runs in the same time; judged at every point. */
export const kayentaFleetSeries: Method = {
  name: 'Kayenta Mann–Whitney, fleet series',
  begin: () => {
    const canary = noValues()
    const base = noValues()
    let before = { canaryBad: 0, baseRuns: 0, baseBad: 0 }
    return (look) => {
      if (look.canaryRuns % runsPerPoint !== 0) return false
      addValue(canary, (look.canaryBad - before.canaryBad) / runsPerPoint)
      addValue(base, (look.baseBad - before.baseBad) / (look.baseRuns - before.baseRuns))
      before = { canaryBad: look.canaryBad, baseRuns: look.baseRuns, baseBad: look.baseBad }
      return isHigh(canary, base)
    }
  },
}

const runsPerPoint = 20
