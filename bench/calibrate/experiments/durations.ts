// Times of runs: log-normal, on stations that differ, with outliers and two products, watched after every run.
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawLine, type LineStory, usualLine } from '../line.ts'
import { kayentaFleetTimes, kayentaStationTimes } from '../methods/kayenta-times.ts'
import { naiveTimes } from '../methods/naive-t.ts'
import { ownTimes, ownTimesGates } from '../methods/own-times.ts'
import type { Random } from '../random.ts'
import type { Stops } from '../watch.ts'

const methods = [ownTimes, naiveTimes, kayentaFleetTimes, kayentaStationTimes]

const oneProduct = { ...usualLine, longer: { usual: 0, canary: 0 } }
const otherMix = { ...usualLine, longer: { usual: 0.2, canary: 0.5 } }
const halfAndHalf = { ...usualLine, longer: { usual: 0.5, canary: 0.5 } }

type Row = { section: string; story: LineStory; isQuick?: boolean; isPromised?: boolean }
const tolerable: readonly Row[] = [
  { section: 'times, healthy', story: usualLine, isQuick: true },
  { section: 'times, healthy, canary gets another product mix', story: otherMix },
  { section: 'times +5 %, half of what is tolerated', story: { ...usualLine, build: { time: 1.05 } } },
  {
    section: 'times +10 %, all of what is tolerated',
    story: { ...usualLine, build: { time: 1.1 } },
    isPromised: false,
  },
]
const slower: readonly Row[] = [
  { section: 'times +20 %, one product only', story: { ...oneProduct, build: { time: 1.2 } } },
  { section: 'times +20 %', story: { ...usualLine, build: { time: 1.2 } }, isQuick: true },
  { section: 'times +20 %, canary gets another product mix', story: { ...otherMix, build: { time: 1.2 } } },
  { section: 'times +50 %', story: { ...usualLine, build: { time: 1.5 } } },
  { section: 'times +20 %, two products in equal parts', story: { ...halfAndHalf, build: { time: 1.2 } } },
  { section: 'times +50 %, two products in equal parts', story: { ...halfAndHalf, build: { time: 1.5 } } },
]

export const durationExperiments: readonly Experiment[] = [
  ...tolerable.flatMap((row) => experiments(row, 'false stops')),
  ...slower.flatMap((row) => experiments(row, 'detection')),
]

function experiments(
  { section, story, isQuick, isPromised = true }: Row,
  shows: Experiment['shows'],
): Experiment[] {
  return [1, 5].map((canary) => ({
    section,
    column: `${canary} of ${story.size}`,
    shows,
    promises:
      shows === 'false stops' && isPromised
        ? ownTimesGates.map(({ name, gate }) => ({ method: name, alpha: gate.alpha }))
        : [],
    share: shows === 'false stops' ? 0.3 : 0.1,
    isQuick: isQuick === true && canary === 5,
    play: (random) => watchTimes(random, story, canary),
  }))
}

/** Only runs that pass have a time to compare: they are the canary runs that count here. */
function watchTimes(random: Random, story: LineStory, canaries: number): Stops {
  const line = drawLine(random, story)
  const [canary, base] = [line.slice(0, canaries), line.slice(canaries)]
  let watching = methods.map((method) => ({ ...method, watch: method.begin(line) }))
  const stops = new Map<string, number | undefined>(
    methods.flatMap(({ names }) => names.map((name): [string, undefined] => [name, undefined])),
  )
  let runs = 0
  const told = (arm: 'base' | 'canary', run: Parameters<(typeof watching)[number]['watch']>[1]) => {
    if (run.outcome !== 'PASS') return
    if (arm === 'canary') runs += 1
    for (const { watch } of watching)
      for (const name of watch(arm, run)) if (stops.get(name) === undefined) stops.set(name, runs)
  }
  for (let round = 0; runs < mostCanaryRuns && watching.length > 0; round++) {
    for (const station of base) for (const run of station.testUnit('base', round)) told('base', run)
    for (const station of canary) for (const run of station.testUnit('canary', round)) told('canary', run)
    watching = watching.filter(({ names }) => names.some((name) => stops.get(name) === undefined))
  }
  return stops
}
