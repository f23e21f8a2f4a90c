// What a station does between and after its runs: pauses, retests, and uploads that are not on time.
import type { StationProfile } from './fleet.ts'
import { random } from './random.ts'
import type { Job } from './test-result.ts'

const second = 1000
const minute = 60 * second

export type Upload = { manner: 'at once' } | { manner: 'twice' } | { manner: 'late'; afterMs: number }

/** Simulated milliseconds between two runs: changing the unit, and now and then a short break. */
export function pauseAfter(seed: number, station: StationProfile, job: Job): number {
  const draw = random(seed, station.name, job.serial, job.attempt, 'pause')
  const change = (3 + 6 * draw.uniform()) * second
  return draw.uniform() < 0.01 ? change + (4 + 8 * draw.uniform()) * minute : change
}

/** One run in a hundred is uploaded late and one in a hundred twice, as from a line with a bad network. */
export function uploadOf(seed: number, station: StationProfile, job: Job): Upload {
  const draw = random(seed, station.name, job.serial, job.attempt, 'upload')
  const luck = draw.uniform()
  if (luck < 0.01) return { manner: 'late', afterMs: (3 + 20 * draw.uniform()) * minute }
  return luck < 0.02 ? { manner: 'twice' } : { manner: 'at once' }
}

/** Where and when a unit that did not pass is tested again: mostly at the same station, else on its line. */
export function retestOf(
  seed: number,
  station: StationProfile,
  line: readonly string[],
  job: Job,
): { station: string; afterMs: number } {
  const draw = random(seed, station.name, job.serial, job.attempt, 'retest')
  const others = line.filter((name) => name !== station.name)
  const elsewhere = others[Math.floor(draw.uniform() * others.length)] ?? station.name
  return {
    station: draw.uniform() < 0.6 ? station.name : elsewhere,
    afterMs: (2 + 8 * draw.uniform()) * minute,
  }
}
