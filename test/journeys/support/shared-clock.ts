// One fast clock for several processes: the factory here and the service in a process of its own see the same moment.
import { type Clock, fastClock } from '../../../demo/clock.ts'

export type SharedClock = Clock & {
  /** Carried to another process in its environment. */
  setting: string
}

export function sharedClock(speed: number): SharedClock {
  const begun = Date.now()
  return { ...fastClock({ speed, start: begun }), setting: JSON.stringify({ speed, begun }) }
}

/** The same clock, read in another process. */
export function clockOf(setting: string): () => number {
  const { speed, begun } = JSON.parse(setting) as { speed: number; begun: number }
  return () => Math.floor(begun + (Date.now() - begun) * speed)
}
