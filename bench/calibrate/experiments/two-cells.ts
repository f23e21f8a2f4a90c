// Runs of two kinds (products, or day and night) that fail differently, in shares that change at the start.
import { logOdds } from '../../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../../server/domain/statistics/rate-from-log-odds.ts'
import type { Counted } from '../fleet.ts'
import { countBad, normal, type Random } from '../random.ts'

export type TwoCellStory = {
  canary: number
  size: number
  /** Bad rates of the two kinds, and those since the start where they are others, on canary and base alike. */
  rates: readonly [number, number]
  ratesNow?: readonly [number, number]
  /** Share of the second kind: before, since the start on base, since the start on canary. */
  past: number
  baseNow: number
  canaryNow: number
}

/** What one station counted of each kind. */
export type Cells = readonly [Counted, Counted]
export type CellStation = { readonly isCanary: boolean; readonly past: Cells; readonly since: Cells }

/** Asked at every bad canary run from the third on; true stops. */
export type CellWatcher = (stations: readonly CellStation[]) => boolean

const bias = 0.3
const drift = 0.15
const pastRuns = 1000
const leastBad = 3

/** Canary runs until each of the watchers stopped the rollout; undefined: never. */
export function watchTwoCells(
  random: Random,
  story: TwoCellStory,
  watchers: ReadonlyMap<string, CellWatcher>,
  most: number,
): Map<string, number | undefined> {
  const stations = Array.from({ length: story.size }, (_, place) => drawStation(random, story, place))
  const canary = stations.slice(0, story.canary)
  const base = stations.slice(story.canary)
  const stops = new Map<string, number | undefined>([...watchers.keys()].map((name) => [name, undefined]))
  let baseRuns = 0
  let bad = 0
  for (let run = 0; run < most; run++) {
    for (const due = Math.floor(((run + 1) * base.length) / canary.length); baseRuns < due; baseRuns++) {
      base[baseRuns % base.length]?.runOnce(random)
    }
    const wasBad = canary[run % canary.length]?.runOnce(random) ?? false
    if (wasBad) bad += 1
    if (!wasBad || bad < leastBad) continue
    const waiting = [...watchers].filter(([name]) => stops.get(name) === undefined)
    if (waiting.length === 0) break
    for (const [name, isStopped] of waiting) if (isStopped(stations)) stops.set(name, run + 1)
  }
  return stops
}

function drawStation(random: Random, story: TwoCellStory, place: number) {
  const isCanary = place < story.canary
  const own = bias * normal(random)
  const now = own + drift * normal(random)
  const moved = (rate: number, shift: number) => rateFromLogOdds(logOdds(rate) + shift)
  const ofSecond = Math.round(pastRuns * story.past)
  const counted = (kind: 0 | 1, runs: number): Counted => ({
    runs,
    bad: countBad(random, runs, moved(story.rates[kind], own)),
  })
  const past: Cells = [counted(0, pastRuns - ofSecond), counted(1, ofSecond)]
  const since: Cells = [
    { runs: 0, bad: 0 },
    { runs: 0, bad: 0 },
  ]
  const shareNow = isCanary ? story.canaryNow : story.baseNow
  const [first, second] = story.ratesNow ?? story.rates
  const rates = [moved(first, now), moved(second, now)] as const
  const runOnce = (source: Random): boolean => {
    const kind = source() < shareNow ? 1 : 0
    const isBad = source() < rates[kind]
    since[kind].runs += 1
    if (isBad) since[kind].bad += 1
    return isBad
  }
  return { isCanary, past, since, runOnce }
}

export function bothCells([first, second]: Cells): Counted {
  return { runs: first.runs + second.runs, bad: first.bad + second.bad }
}
