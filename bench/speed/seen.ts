// What loads saw, in words for the note beneath a row.
import type { ServerLoad } from './load/load.ts'
import { median } from './rounds.ts'

export type Seen = { add(name: string, load: ServerLoad): ServerLoad; words(name: string): string }

export function seenLoads(): Seen {
  const loads = new Map<string, ServerLoad[]>()
  return {
    add(name, load) {
      loads.set(name, [...(loads.get(name) ?? []), load])
      return load
    },
    words: (name) => `${name} ${wordsOf(loads.get(name) ?? [])}`,
  }
}

/** Of the whole process, its threads too. A figure is the server's own only where it had 0.9 of a core or more to do. */
export function wordsOf(loads: readonly ServerLoad[]): string {
  const told = loads.filter(({ core }) => core !== null)
  const core = median(told.map((each) => each.core ?? 0))
  const each = median(told.map((load) => ((load.core ?? 0) / load.perSecond) * 1e6))
  const p99 = median(loads.map((load) => load.p99))
  const processor =
    told.length === 0 ? 'core n/a' : `${core.toFixed(2)} core, ${each.toFixed(0)} µs a request`
  const requests = loads.reduce((sum, load) => sum + load.requests, 0)
  const unchanged = loads.reduce((sum, load) => sum + (load.statuses[304] ?? 0), 0)
  const share = unchanged === 0 ? '' : `, ${((100 * unchanged) / requests).toFixed(0)} % 304`
  return `${processor}, p99 ${p99.toFixed(p99 < 10 ? 1 : 0)} ms${share}`
}
