// Rollouts on fleets whose stations differ: healthy ones, ones beyond what the method assumes, bad ones.
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawFleet, type FleetStory } from '../fleet.ts'
import { allMethods, ownPromises } from '../methods/all-methods.ts'
import { watchRollout } from '../watch.ts'

type Layout = { canary: number; size: number }

const fourLayouts: readonly Layout[] = [
  { canary: 1, size: 20 },
  { canary: 2, size: 20 },
  { canary: 5, size: 20 },
  { canary: 20, size: 40 },
]
const twoLayouts = fourLayouts.filter(({ canary }) => canary === 1 || canary === 5)
const usual = { rate: 0.02, bias: 0.3, drift: 0.15, pastRuns: 1000 }

type Story = Omit<FleetStory, 'size' | 'canary'>
type Row = {
  section: string
  story: Story
  layouts: readonly Layout[]
  isQuick?: boolean
  isAssumed?: boolean
}

const healthy: readonly Row[] = [
  {
    section: 'healthy, 98 %, no bias, no drift',
    story: { ...usual, bias: 0, drift: 0 },
    layouts: fourLayouts,
    isQuick: true,
  },
  { section: 'healthy, 98 %, bias .3, drift .15', story: usual, layouts: fourLayouts, isQuick: true },
  {
    section: 'healthy, 98 %, bias .6, drift .15',
    story: { ...usual, bias: 0.6 },
    layouts: fourLayouts,
    isQuick: true,
  },
  {
    section: 'healthy, 98 %, bias .3, drift .15, the whole line drifts by .3',
    story: { ...usual, lineDrift: 0.3 },
    layouts: twoLayouts,
  },
  {
    section: 'healthy, 98 %, bias .3, drift .15, only 300 past runs',
    story: { ...usual, pastRuns: 300 },
    layouts: twoLayouts,
  },
  { section: 'healthy, 95 %, bias .3, drift .15', story: { ...usual, rate: 0.05 }, layouts: twoLayouts },
  {
    section: 'healthy, errors 0.5 %, bias .3, drift .15',
    story: { ...usual, rate: 0.005 },
    layouts: twoLayouts,
  },
  {
    section: 'healthy, 98 %, bias .3, drift .30: twice the assumed drift',
    story: { ...usual, drift: 0.3 },
    layouts: fourLayouts,
    isAssumed: false,
  },
]

const effects: readonly Row[] = [
  { section: '98 → 90 %', story: { ...usual, newRate: 0.1 }, layouts: twoLayouts, isQuick: true },
  { section: '95 → 80 %', story: { ...usual, rate: 0.05, newRate: 0.2 }, layouts: twoLayouts },
  { section: '98 → 96 %', story: { ...usual, newRate: 0.04 }, layouts: twoLayouts },
  { section: 'errors 0.5 → 2 %', story: { ...usual, rate: 0.005, newRate: 0.02 }, layouts: twoLayouts },
]

export const fleetExperiments: readonly Experiment[] = [
  ...healthy.flatMap((row) => experiments(row, 'false stops')),
  ...effects.flatMap((row) => experiments(row, 'detection')),
]

function experiments(row: Row, shows: Experiment['shows']): Experiment[] {
  return row.layouts.map((layout) => ({
    section: row.section,
    column: `${layout.canary} of ${layout.size}`,
    shows,
    promises: shows === 'false stops' && row.isAssumed !== false ? ownPromises : [],
    share: shows === 'false stops' ? 1 : 0.5,
    isQuick: row.isQuick === true,
    play: (random) =>
      watchRollout(random, drawFleet(random, { ...row.story, ...layout }), allMethods, mostCanaryRuns),
  }))
}
