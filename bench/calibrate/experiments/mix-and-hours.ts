// Other products, or other hours, on the canary than before: as it comes, and corrected for.
import { directStandardisation } from '../../../server/domain/statistics/direct-standardisation.ts'
import { mixIndex } from '../../../server/domain/statistics/mix-index.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { ownEvidence, ownGates } from '../methods/own-evidence.ts'
import { bothCells, type CellStation, type Cells, type CellWatcher, watchTwoCells } from './two-cells.ts'

const asItComes = 'ours, α .05, as it comes'
const withMixIndex = 'ours, α .05, with the mix index'
const withStandardisation = 'ours, α .05, base weighted to the canary’s hours'

const layouts = [
  { canary: 1, size: 20 },
  { canary: 5, size: 20 },
]

/** From one run in five of the product that fails more to one in two: +0.30 log-odds by the mix alone. */
const products = { rates: [0.015, 0.0375], past: 0.2, baseNow: 0.2, canaryNow: 0.5 } as const
/** The canary runs at night only, base around the clock as before: +0.29 log-odds by the hours alone. */
const hours = { rates: [0.015, 0.03], past: 0.5, baseNow: 0.5, canaryNow: 1 } as const

export const mixAndHoursExperiments: readonly Experiment[] = [
  ...layouts.map((layout) =>
    experiment('healthy, canary gets another product mix', { ...layout, ...products }, withMixIndex, mixed),
  ),
  ...layouts.map((layout) =>
    experiment('healthy, canary runs at night only', { ...layout, ...hours }, withStandardisation, weighted),
  ),
]

function experiment(
  section: string,
  story: Parameters<typeof watchTwoCells>[1],
  corrected: string,
  watcher: CellWatcher,
): Experiment {
  return {
    section,
    column: `${story.canary} of ${story.size}`,
    shows: 'false stops',
    promises: [{ method: corrected, alpha: ownGates.plain.alpha }],
    share: 1,
    isQuick: story.canary === 5,
    play: (random) => {
      const watchers = new Map([
        [asItComes, (stations: readonly CellStation[]) => isBreach(stations.map(plainTally))],
        [corrected, watcher],
      ])
      return watchTwoCells(random, story, watchers, mostCanaryRuns)
    },
  }
}

function isBreach(stations: readonly StationTally[], mix?: ReadonlyMap<string, number>): boolean {
  const [evidence = 0] = ownEvidence(stations, [ownGates.plain], mix ? { mix } : {})
  return evidence >= Math.log(1 / ownGates.plain.alpha)
}

function plainTally({ isCanary, past, since }: CellStation, place: number): StationTally {
  const before = bothCells(past)
  return {
    id: String(place),
    arm: isCanary ? 'canary' : 'base',
    pastRuns: before.runs,
    pastBad: before.bad,
    ...bothCells(since),
  }
}

function mixed(stations: readonly CellStation[]): boolean {
  const onBase = stations.flatMap(({ isCanary, past, since }) => (isCanary ? [past] : [past, since]))
  const fleet = new Map(
    (['first', 'second'] as const).map((name, kind) => [
      name,
      {
        runs: onBase.reduce((sum, cells) => sum + (cells[kind]?.runs ?? 0), 0),
        bad: onBase.reduce((sum, cells) => sum + (cells[kind]?.bad ?? 0), 0),
      },
    ]),
  )
  const mix = new Map(
    stations.map(({ past, since }, place) => [String(place), mixIndex(fleet, runsOf(past), runsOf(since))]),
  )
  return isBreach(stations.map(plainTally), mix)
}

function weighted(stations: readonly CellStation[]): boolean {
  const canary = stations.filter(({ isCanary }) => isCanary)
  const canaryRuns = new Map(
    (['first', 'second'] as const).map((name, kind) => [
      name,
      canary.reduce((sum, { since }) => sum + (since[kind]?.runs ?? 0), 0),
    ]),
  )
  const tallies = stations.map((station, place) => {
    const tally = plainTally(station, place)
    if (station.isCanary) return tally
    const [first, second] = station.since
    const cells = new Map([
      ['first', first],
      ['second', second],
    ])
    return { ...tally, ...directStandardisation(cells, canaryRuns) }
  })
  return isBreach(tallies)
}

function runsOf([first, second]: Cells): Map<string, number> {
  return new Map([
    ['first', first.runs],
    ['second', second.runs],
  ])
}
