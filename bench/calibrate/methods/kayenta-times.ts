// Kayenta on times: of the whole fleet in the same stretches of time, or of each station by itself.
import { median } from 'simple-statistics'
import type { StationId } from '../../../server/domain/ids.ts'
import { isHigh } from './kayenta-judge.ts'
import { minutes, type TimesMethod, type TimesWatcher } from './times-method.ts'
import { addValue, noValues, type ValueCounts } from './value-counts.ts'

type Series = { readonly canary: ValueCounts; readonly base: ValueCounts }
/** Takes a run in; true when the series are to be judged. */
type Collect = (series: Series, ...told: Parameters<TimesWatcher>) => boolean

const runsPerValue = 20
/** Of the mean; the example of its documentation, and what our gate tolerates. */
const allowedIncrease = 1.1

/** A value is the median time of 20 canary runs, and of base's runs meanwhile; judged at every value. */
export const kayentaFleetTimes = kayenta('Kayenta Mann–Whitney, fleet series', () => {
  const waiting: Record<'canary' | 'base', number[]> = { canary: [], base: [] }
  return ({ canary, base }, arm, run) => {
    waiting[arm].push(minutes(run))
    if (arm === 'base' || waiting.canary.length < runsPerValue || waiting.base.length === 0) return false
    addValue(canary, median(waiting.canary.splice(0)))
    addValue(base, median(waiting.base.splice(0)))
    return true
  }
})

/** A value is the median time of 20 runs of one station; judged at every value of a canary station. */
export const kayentaStationTimes = kayenta('Kayenta Mann–Whitney, station buckets', () => {
  const waiting = new Map<StationId, number[]>()
  return (series, arm, run) => {
    const own = waiting.get(run.stationId) ?? []
    waiting.set(run.stationId, own)
    own.push(minutes(run))
    if (own.length < runsPerValue) return false
    addValue(series[arm], median(own.splice(0)))
    return arm === 'canary'
  }
})

function kayenta(name: string, collecting: () => Collect): TimesMethod {
  const tolerant = `${name}, from ×${allowedIncrease} on`
  return {
    names: [name, tolerant],
    begin: () => {
      const series = { canary: noValues(), base: noValues() }
      const collect = collecting()
      return (arm, run) => {
        if (!collect(series, arm, run) || !isHigh(series.canary, series.base)) return []
        return isHigh(series.canary, series.base, allowedIncrease) ? [name, tolerant] : [name]
      }
    },
  }
}
