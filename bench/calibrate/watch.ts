// Plays one rollout run by run and lets every method look after every canary run.
import type { Fleet } from './fleet.ts'
import type { Random } from './random.ts'

/** All that is known after a canary run; the same object at every look, changed in between. */
export type Look = {
  canaryRuns: number
  canaryBad: number
  baseRuns: number
  baseBad: number
  /** Per station, canary stations first. */
  readonly runs: Int32Array
  readonly bad: Int32Array
  /** The canary run just counted. */
  lastStation: number
  lastWasBad: boolean
}

/** True: this method would stop the rollout now. */
export type Watcher = (look: Look) => boolean

export type Method = { readonly name: string; readonly begin: (fleet: Fleet) => Watcher }

/** Canary runs until each method stopped the rollout; undefined: never. */
export type Stops = ReadonlyMap<string, number | undefined>

/**
 * Canary stations run in turn; between two canary runs the base stations make as many runs as fall to
 * them, so that every station of the fleet works at the same pace. Ends when all methods have stopped.
 */
export function watchRollout(random: Random, fleet: Fleet, methods: readonly Method[], most: number): Stops {
  const size = fleet.past.length
  const look: Look = {
    canaryRuns: 0,
    canaryBad: 0,
    baseRuns: 0,
    baseBad: 0,
    runs: new Int32Array(size),
    bad: new Int32Array(size),
    lastStation: 0,
    lastWasBad: false,
  }
  let watching = methods.map(({ name, begin }) => ({ name, stops: begin(fleet) }))
  const stops = new Map<string, number | undefined>(methods.map(({ name }) => [name, undefined]))
  const base = size - fleet.canary
  for (let run = 0; run < most && watching.length > 0; run++) {
    const due = Math.floor(((run + 1) * base) / fleet.canary)
    while (look.baseRuns < due) {
      const station = fleet.canary + (look.baseRuns % base)
      const isBad = count(random, fleet, look, station)
      look.baseRuns += 1
      if (isBad) look.baseBad += 1
    }
    look.lastStation = run % fleet.canary
    look.lastWasBad = count(random, fleet, look, look.lastStation)
    look.canaryRuns += 1
    if (look.lastWasBad) look.canaryBad += 1
    const stopped = watching.filter((method) => method.stops(look))
    if (stopped.length > 0) {
      for (const { name } of stopped) stops.set(name, look.canaryRuns)
      watching = watching.filter(({ name }) => stops.get(name) === undefined)
    }
  }
  return stops
}

function count(random: Random, fleet: Fleet, look: Look, station: number): boolean {
  const before = look.runs[station] ?? 0
  const isBad = random() < fleet.rateNow(station, before)
  look.runs[station] = before + 1
  if (isBad) look.bad[station] = (look.bad[station] ?? 0) + 1
  return isBad
}
