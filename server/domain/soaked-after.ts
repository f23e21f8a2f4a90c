// How long a stage soaks at its stations' usual pace: its minutes, its shifts and its first attempts, whichever ends last.
import { day, type Instant, minute } from './instant.ts'
import type { Soak } from './plan.ts'
import { fullShifts, type Shifts } from './shifts.ts'

/**
 * @param stations of the stage: first attempts an hour, and those they have done on the new build already.
 * @returns hours, or null where the stations never get there: none has a pace, or one that must have tested something.
 */
export function soakedAfter(
  soak: Soak,
  shifts: Shifts,
  stations: { pace: number; done: number }[],
  from: Instant,
): number | null {
  const pace = stations.reduce((sum, station) => sum + station.pace, 0)
  const done = stations.reduce((sum, station) => sum + station.done, 0)
  if (pace === 0) return null
  const hours = Math.max(
    soak.minutes / 60,
    until(soak.firstAttempts, { pace, done }),
    ...stations.map((station) => until(soak.firstAttemptsPerStation, station)),
    untilShifts(soak.shifts, shifts, from),
  )
  return Number.isFinite(hours) ? hours : null
}

function until(needed: number, { pace, done }: { pace: number; done: number }): number {
  return needed <= done ? 0 : (needed - done) / pace
}

/** Hours, to the minute. Before the first full shift lies at most a day that was cut, since a shift lasts no longer. */
export function untilShifts(needed: number, shifts: Shifts, from: Instant): number {
  if (needed === 0) return 0
  let [short, enough] = [0, ((needed + 2) * day) / minute]
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2)
    if (fullShifts(shifts, from, from + middle * minute) >= needed) enough = middle
    else short = middle
  }
  return enough / 60
}
