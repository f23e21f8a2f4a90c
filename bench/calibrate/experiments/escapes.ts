// Yield that rises: a test that has gone blind passes units that should fail. Healthy rises, declared ones, escapes.
import { defaultGates, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawFleet, type FleetStory } from '../fleet.ts'
import { planGate } from '../methods/plan-gate.ts'
import { type Method, watchRollout } from '../watch.ts'

const ours = 'ours, defaults (α .005, 3 points tolerated)'
const [rise] = gates
  .parse(defaultGates)
  .filter(isCounted)
  .filter(({ metric }) => metric === 'first-pass yield rise')
if (!rise) throw new Error('expected the default plan to have a gate on the rise of yield')
/** As it is, and where three points more are declared. */
const asItIs: readonly Method[] = [planGate(ours, rise)]
const declared: readonly Method[] = [planGate(ours, rise, { expectedYieldChange: 0.03 })]

const usual = { bias: 0.3, drift: 0.15, pastRuns: 1000 }
type Row = {
  section: string
  story: Omit<FleetStory, 'size' | 'canary'>
  methods?: readonly Method[]
  isQuick?: boolean
}

const healthy: readonly Row[] = [
  { section: 'rise of yield, healthy, 90 %, bias .3', story: { ...usual, rate: 0.1 }, isQuick: true },
  { section: 'rise of yield, healthy, 90 %, bias .6', story: { ...usual, rate: 0.1, bias: 0.6 } },
  { section: 'rise of yield, healthy, 80 %, bias .6', story: { ...usual, rate: 0.2, bias: 0.6 } },
  { section: 'rise of yield, healthy, 97 %, bias .6', story: { ...usual, rate: 0.03, bias: 0.6 } },
  {
    section: 'rise of yield, 90 → 93 %, the 3 points that are tolerated',
    story: { ...usual, rate: 0.1, newRate: 0.07 },
  },
  {
    section: 'rise of yield, 90 → 95 %, 3 points declared',
    story: { ...usual, rate: 0.1, newRate: 0.05 },
    methods: declared,
  },
]
const escapes: readonly Row[] = [
  { section: 'rise of yield, 90 → 99.5 %', story: { ...usual, rate: 0.1, newRate: 0.005 }, isQuick: true },
  { section: 'rise of yield, 90 → 97 %', story: { ...usual, rate: 0.1, newRate: 0.03 } },
  { section: 'rise of yield, 97 → 99.9 %', story: { ...usual, rate: 0.03, newRate: 0.001 } },
]

export const escapeExperiments: readonly Experiment[] = [
  ...healthy.flatMap((row) => experiments(row, 'false stops')),
  ...escapes.flatMap((row) => experiments(row, 'detection')),
]

function experiments(
  { section, story, methods = asItIs, isQuick }: Row,
  shows: Experiment['shows'],
): Experiment[] {
  return [1, 5].map((canary) => ({
    section,
    column: `${canary} of 20`,
    shows,
    promises: shows === 'false stops' ? [{ method: ours, alpha: rise?.alpha ?? 0 }] : [],
    share: shows === 'false stops' ? 1 : 0.25,
    isQuick: isQuick === true && canary === 5,
    play: (random) =>
      watchRollout(random, drawFleet(random, { ...story, size: 20, canary }), methods, mostCanaryRuns),
  }))
}
