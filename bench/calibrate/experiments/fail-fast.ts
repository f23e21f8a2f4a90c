// Failed runs end sooner: with 100 stations starting at once, the first runs to end are mostly failures.
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawFleet, type Fleet } from '../fleet.ts'
import { type OwnGate, ownEvidence, ownGates } from '../methods/own-evidence.ts'
import { normal, type Random } from '../random.ts'

const asTheyEnd = 'ours, α .05, runs counted as they end'
const inStartOrder = 'ours, α .05, with the start-order watermark'
const inStartOrderDefaults = 'ours, defaults, with the start-order watermark'
const canary = 100
const size = 200
const leastBad = 3

export const failFastExperiments: readonly Experiment[] = [
  {
    section: 'healthy, 95 %, bias .3, drift .15, a failed run ends sooner',
    column: `${canary} of ${size}`,
    shows: 'false stops',
    promises: [
      { method: inStartOrder, alpha: ownGates.plain.alpha },
      { method: inStartOrderDefaults, alpha: ownGates.defaults.alpha },
    ],
    share: 0.3,
    isQuick: false,
    play: (random) => {
      const fleet = drawFleet(random, { size, canary, rate: 0.05, bias: 0.3, drift: 0.15, pastRuns: 1000 })
      const runs = timedRuns(random, fleet)
      return new Map([
        [asTheyEnd, firstBreach(fleet, byEnd(runs), ownGates.plain)],
        [inStartOrder, firstBreach(fleet, byWatermark(runs), ownGates.plain)],
        [inStartOrderDefaults, firstBreach(fleet, byWatermark(runs), ownGates.defaults)],
      ])
    },
  },
]

type TimedRun = { station: number; start: number; end: number; isBad: boolean }

/** A pass takes a minute, a failure 3 to 40 seconds, the next unit comes after 10. Canary starts at once. */
function timedRuns(random: Random, fleet: Fleet): TimedRun[] {
  const until = (mostCanaryRuns / canary) * 72
  return fleet.past.flatMap((_, station) => {
    const runs: TimedRun[] = []
    let start = station < canary ? 2 * random() : -70 * random()
    while (start < until) {
      const isBad = random() < fleet.rateNow(station, runs.length)
      const end = start + (isBad ? 3 + 37 * random() : 60 + 3 * normal(random))
      // The run a base station was in when the rollout started belongs to the past.
      if (start >= 0) runs.push({ station, start, end, isBad })
      start = end + 10
    }
    return runs
  })
}

/** The runs in the order in which they may be counted. */
function byEnd(runs: readonly TimedRun[]): TimedRun[] {
  return [...runs].sort((one, other) => one.end - other.end)
}

/** A run is counted when it and every run of its arm that started before it has ended. */
function byWatermark(runs: readonly TimedRun[]): TimedRun[] {
  const arms = [
    runs.filter(({ station }) => station < canary),
    runs.filter(({ station }) => station >= canary),
  ]
  const counted = arms.flatMap((arm) => {
    let latest = Number.NEGATIVE_INFINITY
    return [...arm]
      .sort((one, other) => one.start - other.start)
      .map((run) => {
        latest = Math.max(latest, run.end)
        return { run, at: latest }
      })
  })
  return counted.sort((one, other) => one.at - other.at).map(({ run }) => run)
}

/** Looked at whenever a bad canary run is counted, from the third on. */
function firstBreach(fleet: Fleet, runs: readonly TimedRun[], gate: OwnGate): number | undefined {
  const tallies = fleet.past.map((past, station) => ({
    id: String(station),
    arm: station < canary ? ('canary' as const) : ('base' as const),
    pastRuns: past.runs,
    pastBad: past.bad,
    runs: 0,
    bad: 0,
  })) satisfies StationTally[]
  let canaryRuns = 0
  let canaryBad = 0
  for (const { station, isBad } of runs) {
    const tally = tallies[station]
    if (!tally) continue
    tally.runs += 1
    if (isBad) tally.bad += 1
    if (station >= canary) continue
    canaryRuns += 1
    if (canaryRuns > mostCanaryRuns) return undefined
    if (!isBad) continue
    canaryBad += 1
    if (canaryBad < leastBad) continue
    const [evidence = 0] = ownEvidence(tallies, [gate])
    if (evidence >= Math.log(1 / gate.alpha)) return canaryRuns
  }
  return undefined
}
