// What a torture is: a fault that is caused again and again, then what must hold all the same.
import type { Place as SpeedPlace } from '../speed/place.ts'

export type Place = Pick<SpeedPlace, 'say' | 'atEnd' | 'database' | 'emptyDatabase'> & {
  seed: number
  /** How long faults are caused, at most; settling comes on top of it. */
  ms: number
  /** How often to strike, at most. */
  kills: number
  /** For a run of CI: all parts within a minute. */
  short: boolean
  /** An installed checkout of the version before, to run beside this one; null: all processes are of this one. */
  beside: string | null
}

export type Figure = { name: string; value: number; unit: string; note?: string }

/** A broken promise: of what, and what was seen, with the ids to look for. */
export type Fault = { promise: string; seen: string }

/** `kept`: the promises that were looked at and hold. */
export type Told = { figures: Figure[]; kept: string[]; faults: Fault[]; skipped?: string }

/** `isLong`: a short run leaves it out, unless it is asked for by its name. */
export type Torture = { name: string; about: string; isLong?: boolean; run(place: Place): Promise<Told> }
