// The days before the demo begins: what every station tested on the base build, computed at once.
import { goodBuild } from './build-behaviour.ts'
import type { StationProfile } from './fleet.ts'
import { productOf } from './product.ts'
import { referenceSamples } from './reference-samples.ts'
import type { RetestShelf } from './retest-shelf.ts'
import { type Execution, endOf } from './run-body.ts'
import { pauseAfter } from './station-habits.ts'
import { interruption, testUnit } from './test-result.ts'
import { type UnitSupply, unitSupply } from './unit-supply.ts'

export type PastRun = Execution & { station: string }

const hour = 60 * 60 * 1000
/** Blocks at the pace of the live stations: a station's usual gap between runs is then its real one. */
const blocks = 6
/** From one to the next, so that each is on a day of its own and all three shifts have two of them. */
const spacing = 32 * hour

/** About `firstAttempts` new units at each station with their retests, oldest first; the last ends at `endsAt`. */
export function history(input: {
  seed: number
  fleet: readonly StationProfile[]
  shelf: RetestShelf
  deploymentId: string
  generation: number
  firstAttempts: number
  endsAt: number
}): PastRun[] {
  const { fleet, shelf, generation } = input
  const benches = fleet.map((station) => ({
    station,
    supply: unitSupply({
      station: station.name,
      shelf,
      samples: referenceSamples({ seed: input.seed, station: station.name }),
      productOf: (index) => productOf(station, index),
      generation,
      firstIndex: 1,
    }),
  }))
  return Array.from({ length: blocks }, (_, index) => {
    const units = shareOfBlock(input.firstAttempts, index)
    if (units === 0) return []
    const from = index * spacing
    const block = benches
      .flatMap(({ station, supply }) => stationBlock({ ...input, station, supply, units, from }))
      .toSorted((one, other) => one.startedAt - other.startedAt)
    const shift = input.endsAt - (blocks - 1 - index) * spacing - Math.max(...block.map(endOf))
    return block.map((run) => ({ ...run, startedAt: Math.round(run.startedAt + shift) }))
  }).flat()
}

function shareOfBlock(total: number, index: number): number {
  return Math.floor((total * (index + 1)) / blocks) - Math.floor((total * index) / blocks)
}

/** One station's block, from that moment on, until it has met its number of new units. */
function stationBlock(input: {
  seed: number
  station: StationProfile
  shelf: RetestShelf
  supply: UnitSupply
  units: number
  from: number
  deploymentId: string
}): PastRun[] {
  const { seed, station, shelf, supply, deploymentId } = input
  const runs: PastRun[] = []
  const enough = supply.made() + input.units
  let now = input.from
  while (supply.made() < enough) {
    const job = supply.next(now)
    const cutShort = interruption(seed, station, job)
    const result = testUnit(seed, station, job, goodBuild)
    for (const each of cutShort ? [cutShort, result] : [result]) {
      const run = { station: station.name, job, result: each, startedAt: now, deploymentId, build: goodBuild }
      runs.push(run)
      now = endOf(run) + pauseAfter(seed, station, job)
    }
    shelf.put(job, result, station, now)
  }
  return runs
}
