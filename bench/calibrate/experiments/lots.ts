// Lots: every 125 runs a station gets parts that fail more or less often. The past shows how much.
import { estimateDriftNoise } from '../../../server/domain/statistics/estimate-drift-noise.ts'
import { logOdds } from '../../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../../server/domain/statistics/rate-from-log-odds.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import type { Counted, Fleet } from '../fleet.ts'
import { ownGates } from '../methods/own-evidence.ts'
import { ownGate } from '../methods/own-gate.ts'
import { countBad, normal, type Random } from '../random.ts'
import { watchRollout } from '../watch.ts'

const runsPerLot = 125
const pastLots = 8
const lotSpread = 0.4
const bias = 0.3
const middle = logOdds(0.02)

const fixed = { ...ownGates.plain, name: 'ours, α .05, noise fixed at .15' }
const estimated = { ...ownGates.plain, name: 'ours, α .05, noise estimated from the past' }
const estimatedDefaults = { ...ownGates.defaults, name: 'ours, defaults, noise estimated from the past' }

export const lotExperiments: readonly Experiment[] = [
  { canary: 1, size: 20 },
  { canary: 2, size: 20 },
  { canary: 5, size: 20 },
  { canary: 20, size: 40 },
].map(({ canary, size }) => ({
  section: 'healthy, 98 %, bias .3, lots of 125 runs that differ by .4',
  column: `${canary} of ${size}`,
  shows: 'false stops',
  promises: [
    { method: estimated.name, alpha: estimated.alpha },
    { method: estimatedDefaults.name, alpha: estimatedDefaults.alpha },
  ],
  share: 1,
  isQuick: canary === 5,
  play: (random) => {
    const { fleet, lots } = drawLots(random, canary, size)
    const options = { driftNoise: estimateDriftNoise(lots) }
    const gates = [ownGate(fixed), ownGate(estimated, { options }), ownGate(estimatedDefaults, { options })]
    return watchRollout(random, fleet, gates, mostCanaryRuns)
  },
}))

function drawLots(random: Random, canary: number, size: number): { fleet: Fleet; lots: Counted[][] } {
  const stations = Array.from({ length: size }, () => {
    const own = middle + bias * normal(random)
    const rateOfLot = () => rateFromLogOdds(own + lotSpread * normal(random))
    const past = Array.from({ length: pastLots }, () => ({
      runs: runsPerLot,
      bad: countBad(random, runsPerLot, rateOfLot()),
    }))
    return { past, now: Array.from({ length: mostCanaryRuns / runsPerLot + 1 }, rateOfLot) }
  })
  const lots = stations.map(({ past }) => past)
  return {
    lots,
    fleet: {
      canary,
      past: lots.map((past) => ({
        runs: runsPerLot * pastLots,
        bad: past.reduce((sum, lot) => sum + lot.bad, 0),
      })),
      rateNow: (station, run) => stations[station]?.now[Math.floor(run / runsPerLot)] ?? 0,
    },
  }
}
