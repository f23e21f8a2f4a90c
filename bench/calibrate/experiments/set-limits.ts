// Gates that do not compare with base: a set limit, an error budget, a station's own past alone.
import { type CountedGate, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawFleet, type Fleet, type FleetStory } from '../fleet.ts'
import { planGate } from '../methods/plan-gate.ts'
import type { Random } from '../random.ts'
import { watchRollout } from '../watch.ts'

const alpha = 0.02
const [objective, budget, ownPast] = gates
  .parse([
    { metric: 'first-pass yield', comparison: 'absolute', objective: 0.98, alpha, name: 'objective' },
    { metric: 'error budget', extraFailures: 20, alpha: 0.01 },
    { metric: 'first-pass yield', comparison: 'own past', alpha },
  ])
  .filter(isCounted)

const usual = { rate: 0.02, bias: 0.3, drift: 0.15, pastRuns: 1000 }
type Story = Omit<FleetStory, 'size' | 'canary'>

const ofObjective = 'ours, 98 % promised, limit twice its failures (α .02)'
const ofBudget = 'ours, at most 20 extra failures (α .01)'
const ofOwnPast = 'ours, own past, margin ×1.10 (α .02)'

export const setLimitExperiments: readonly Experiment[] = [
  ...rows(ofObjective, objective, [
    { section: 'objective of 98 %, met: 2 % fail', story: usual, isHealthy: true },
    {
      section: 'objective of 98 %, at its limit: 4 % fail',
      story: { ...usual, rate: 0.04 },
      isHealthy: true,
      isAtLimit: true,
      isQuick: true,
    },
    { section: 'objective of 98 %, three times its failures: 6 %', story: { ...usual, newRate: 0.06 } },
    { section: 'objective of 98 %, six times its failures: 12 %', story: { ...usual, newRate: 0.12 } },
  ]),
  ...rows(ofBudget, budget, [
    { section: 'budget of 20 extra failures, healthy, 98 %', story: usual, isHealthy: true },
    {
      section: 'budget of 20 extra failures, just spent by run 2,000: 98 → 97 %',
      story: { ...usual, newRate: 0.03 },
      isHealthy: true,
      isQuick: true,
    },
    { section: 'budget of 20 extra failures, 98 → 94 %', story: { ...usual, newRate: 0.06 } },
    { section: 'budget of 20 extra failures, 98 → 90 %', story: { ...usual, newRate: 0.1 } },
  ]),
  ...rows(ofOwnPast, ownPast, [
    { section: 'own past, healthy, 98 %', story: usual, isHealthy: true },
    {
      section: 'own past, healthy, 98 %, the whole line drifts by .3',
      story: { ...usual, lineDrift: 0.3 },
      isHealthy: true,
      isQuick: true,
    },
    { section: 'own past, 98 → 90 %', story: { ...usual, newRate: 0.1 } },
  ]),
]

type Row = { section: string; story: Story; isHealthy?: boolean; isAtLimit?: boolean; isQuick?: boolean }

function rows(name: string, gate: CountedGate | undefined, all: readonly Row[]): Experiment[] {
  if (!gate) throw new Error(`expected a gate for ${name}`)
  const methods = [planGate(name, gate)]
  return all.flatMap(({ section, story, isHealthy = false, isAtLimit = false, isQuick = false }) =>
    [1, 5].map((canary) => ({
      section,
      column: `${canary} of 20`,
      shows: isHealthy ? ('false stops' as const) : ('detection' as const),
      promises: isHealthy ? [{ method: name, alpha: gate.alpha }] : [],
      share: isHealthy ? 1 : 0.5,
      isQuick: isQuick && canary === 5,
      play: (random: Random) => {
        const drawn = drawFleet(random, { ...story, size: 20, canary })
        const fleet = isAtLimit ? withMeanRate(drawn, story.rate) : drawn
        return watchRollout(random, fleet, methods, mostCanaryRuns)
      },
    })),
  )
}

/** An objective is about all canary runs together: stations that differ, at that rate on average. */
function withMeanRate(fleet: Fleet, rate: number): Fleet {
  const rates = Array.from({ length: fleet.canary }, (_, station) => fleet.rateNow(station, 0))
  const mean = rates.reduce((sum, own) => sum + own / rates.length, 0)
  return { ...fleet, rateNow: (station, run) => (fleet.rateNow(station, run) * rate) / mean }
}
