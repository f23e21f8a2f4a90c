// A rollout's charts kept while nothing of it has changed: a page asks for them and then for each, and so does everybody who watches.
import type { RolloutId } from './domain/ids.ts'
import type { RolloutCharts } from './domain/rollout-charts.ts'
import type { TimeRange } from './domain/time-range.ts'

/** Real milliseconds: what the mark does not tell of, as the time that has passed, is as late as that. */
const longest = 15_000
/** Rollouts and parts of them that are looked at at once; some 200 kB each. */
const most = 30

type Charts = (id: RolloutId, range: TimeRange | null) => Promise<RolloutCharts | null>
type Kept = { mark: string; at: number; data: Promise<RolloutCharts | null> }

export function rememberedCharts(charts: Charts, markOf: (id: RolloutId) => Promise<string | null>): Charts {
  const kept = new Map<string, Kept>()
  return async (id, range) => {
    const mark = await markOf(id)
    if (mark === null) return charts(id, range)
    const key = `${id} ${range?.from} ${range?.to}`
    const known = kept.get(key)
    const isFresh = known?.mark === mark && performance.now() - known.at < longest
    const found = isFresh ? known : { mark, at: performance.now(), data: charts(id, range) }
    // Taken out and put back, so that the first key is always the one longest unused.
    kept.delete(key)
    kept.set(key, found)
    const oldest = kept.keys().next()
    if (kept.size > most && !oldest.done) kept.delete(oldest.value)
    found.data.catch(() => kept.delete(key))
    return found.data
  }
}
