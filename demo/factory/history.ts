// The days before the demo begins: what every station tested on the base build, computed at once.
import type { StationProfile } from './fleet.ts'
import type { RetestShelf } from './retest-shelf.ts'
import { type Execution, endOf } from './run-body.ts'
import { type BuildRates, baseRates } from './scenario.ts'
import { pauseAfter } from './station-habits.ts'
import { interruption, testUnit } from './test-result.ts'
import { type UnitSupply, unitSupply } from './unit-supply.ts'

export type PastRun = Execution & { station: string }

const day = 24 * 60 * 60 * 1000
/** Daily blocks at the pace of the live stations: a station's usual gap between runs is then its real one. */
const days = 6

/** About `firstAttempts` new units at each station with their retests, oldest first; the last ends at `endsAt`. */
export function history(input: {
  seed: number
  fleet: readonly StationProfile[]
  shelf: RetestShelf
  deploymentId: string
  generation: number
  firstAttempts: number
  endsAt: number
  rates?: BuildRates
}): PastRun[] {
  const { fleet, shelf, generation } = input
  const benches = fleet.map((station) => ({
    station,
    supply: unitSupply({ station: station.name, shelf, generation, firstIndex: 1 }),
  }))
  return Array.from({ length: days }, (_, index) => {
    const units = shareOfDay(input.firstAttempts, index)
    if (units === 0) return []
    const block = benches
      .flatMap(({ station, supply }) =>
        stationBlock({ ...input, station, supply, units, rates: input.rates ?? baseRates }),
      )
      .toSorted((one, other) => one.startedAt - other.startedAt)
    const shift = input.endsAt - (days - 1 - index) * day - Math.max(...block.map(endOf))
    return block.map((run) => ({ ...run, startedAt: Math.round(run.startedAt + shift) }))
  }).flat()
}

function shareOfDay(total: number, index: number): number {
  return Math.floor((total * (index + 1)) / days) - Math.floor((total * index) / days)
}

/** One station's block, from moment 0 on, until it has met its number of new units. */
function stationBlock(input: {
  seed: number
  station: StationProfile
  shelf: RetestShelf
  supply: UnitSupply
  units: number
  deploymentId: string
  rates: BuildRates
}): PastRun[] {
  const { seed, station, shelf, supply, deploymentId } = input
  const runs: PastRun[] = []
  const enough = supply.made() + input.units
  let now = 0
  while (supply.made() < enough) {
    const job = supply.next(now)
    const cutShort = interruption(seed, station, job)
    const result = testUnit(seed, station, job, input.rates)
    for (const each of cutShort ? [cutShort, result] : [result]) {
      const run = { station: station.name, job, result: each, startedAt: now, deploymentId }
      runs.push(run)
      now = endOf(run) + pauseAfter(seed, station, job)
    }
    shelf.put(job, result, station, now)
  }
  return runs
}
