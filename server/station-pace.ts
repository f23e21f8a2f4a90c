// How often a station may ask: a station in a loop must not take the time of the others.
import { type Pace, pace } from './pace.ts'

/**
 * Questions a second in the long run, and how many may come at once. A station that asks without waiting does so every
 * few seconds, one that waits every half a minute, and a bench has a handful of programs.
 */
export const aSecond = 20
export const atOnce = 100

export type StationPace = Pace

/** @param present real milliseconds, counted from any moment. */
export function stationPace(present?: () => number): StationPace {
  return pace({ aSecond, atOnce }, present)
}
