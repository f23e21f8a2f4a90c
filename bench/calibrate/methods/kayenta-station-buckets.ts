// Kayenta on buckets: every 20 runs of each station are one value of its arm.
import type { Look, Method } from '../watch.ts'
import { isHigh } from './kayenta-judge.ts'
import { addValue, noValues } from './value-counts.ts'

/** Judged whenever the canary stations have filled a bucket each. */
export const kayentaStationBuckets: Method = {
  name: 'Kayenta Mann–Whitney, station buckets',
  begin: ({ canary, past }) => {
    const values = { canary: noValues(), base: noValues() }
    const before = past.map(() => 0)
    const filled = past.map(() => 0)
    const collect = (look: Look, station: number) => {
      const bad = look.bad[station] ?? 0
      // A base station that is a run ahead gives its bucket a run too many, which changes no rank.
      if (Math.floor((look.runs[station] ?? 0) / runsPerBucket) <= (filled[station] ?? 0)) return
      addValue(station < canary ? values.canary : values.base, (bad - (before[station] ?? 0)) / runsPerBucket)
      before[station] = bad
      filled[station] = (filled[station] ?? 0) + 1
    }
    return (look) => {
      if (look.canaryRuns % (runsPerBucket * canary) !== 0) return false
      for (let station = 0; station < past.length; station++) collect(look, station)
      return isHigh(values.canary, values.base)
    }
  },
}

const runsPerBucket = 20
