// The shelf of units that wait for their next attempt: one for the whole factory, each unit kept for one station.
import type { StationProfile } from './fleet.ts'
import { retestOf } from './station-habits.ts'
import type { Job, TestResult } from './test-result.ts'

/** A unit that still fails at its third attempt goes to repair and leaves the line. */
const mostAttempts = 3

export type RetestShelf = ReturnType<typeof retestShelf>

export function retestShelf(deps: { seed: number; fleet: readonly StationProfile[] }) {
  const waiting: { job: Job; station: string; readyAt: number }[] = []

  /** Keeps the unit for its next attempt, when its result asks for one. */
  function put(job: Job, result: TestResult, at: StationProfile, now: number): void {
    if (result.outcome === 'PASS' || result.outcome === 'ABORTED') return
    if (job.sample || job.attempt >= mostAttempts) return
    const line = deps.fleet.filter((one) => one.line === at.line).map((one) => one.name)
    const { station, afterMs } = retestOf(deps.seed, at, line, job)
    waiting.push({ job: { ...job, attempt: job.attempt + 1 }, station, readyAt: now + afterMs })
  }

  /** The first unit that this station may test again by now. */
  function take(station: string, now: number): Job | null {
    const index = waiting.findIndex((one) => one.station === station && one.readyAt <= now)
    return index < 0 ? null : (waiting.splice(index, 1)[0]?.job ?? null)
  }

  return { put, take }
}
