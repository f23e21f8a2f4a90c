// A line whose runs are told one by one, as stations report them: product, shift, outcome, time, units tested again.
import type { HistoryRun } from '../../server/domain/backtest/history.ts'
import { type DeploymentId, deploymentId, type StationId } from '../../server/domain/ids.ts'
import { day, type Instant } from '../../server/domain/instant.ts'
import type { RunOutcome } from '../../server/domain/run.ts'
import { logOdds } from '../../server/domain/statistics/log-odds.ts'
import { rateFromLogOdds } from '../../server/domain/statistics/rate-from-log-odds.ts'
import { normal, type Random } from './random.ts'
import { stationIdAt } from './station-ids.ts'

export type LineStory = {
  readonly size: number
  /** Standard deviation, in log-odds, between stations, and by which a deployment moves a station: of each rate. */
  readonly bias: number
  readonly drift: number
  /** The same, by which all stations move together at the start; a seventh of it is what their times move by. */
  readonly lineDrift?: number
  /** What share of runs ends so, on a station in the middle, of the shorter product, by day. */
  readonly rates: Rates
  /** Share of the product that takes half as long again and fails one and a half times as often. */
  readonly longer: { readonly usual: number; readonly canary: number }
  /** Standard deviation of the logarithm of time: between stations, by a deployment, from run to run. */
  readonly times: { readonly stations: number; readonly deployment: number; readonly runs: number }
  /** What the build makes of the odds of each rate, and of the time. */
  readonly build?: Partial<Rates> & { readonly time?: number }
  /** Units that each station tested before. */
  readonly pastUnits: number
}
/** 98 % pass at the first attempt; of those that do not, a quarter are errors and a tenth timeouts. */
export const usualLine: LineStory = {
  size: 20,
  bias: 0.3,
  drift: 0.15,
  rates: { fail: 0.01, error: 0.004, timeout: 0.0015 },
  longer: { usual: 0.2, canary: 0.2 },
  times: { stations: 0.08, deployment: 0.015, runs: 0.1 },
  pastUnits: 1000,
}
type Rates = { readonly fail: number; readonly error: number; readonly timeout: number }
type Kind = keyof Rates

/** Before the start; on base since; with the new build. */
type Regime = 'past' | 'base' | 'canary'

export type LineStation = {
  readonly id: StationId
  readonly history: HistoryRun[]
  /** All runs of the next unit, the first attempt first. `round` counts units since the start. */
  readonly testUnit: (arm: 'base' | 'canary', round: number) => HistoryRun[]
}

/** Units that a station tests in a day: the first half of them by day, the other by night. */
export const unitsPerDay = 100

/** When the rollout starts: at midnight, so that a day of tests is a day of the calendar. */
export const start: Instant = 365 * day

const build: DeploymentId = deploymentId.parse('00000000-0000-4000-9000-000000000000')
const products = ['shorter', 'longer'] as const
const longerOdds = Math.log(1.5)
const nightOdds = Math.log(1.3)
const longerTime = 1.5
const usualMs = 60_000
const outlierShare = 0.02
const outlierTime = 10
/** Of the units that failed, fail again; the others were fine. */
const failsAgain = 0.6
const mostAttempts = 3
const timeLimitMs = 900_000
const noMetrics = {}

/** The first stations of the line are those that get the build first. */
export function drawLine(random: Random, story: LineStory): LineStation[] {
  const { lineDrift = 0 } = story
  const line = new Map(kinds.map((kind) => [kind, lineDrift * normal(random)]))
  const lineTime = Math.exp((lineDrift / 7) * normal(random))
  return Array.from({ length: story.size }, (_, place) =>
    drawStation(random, story, stationIdAt(place), { line, lineTime }),
  )
}

type Moved = { line: ReadonlyMap<Kind, number>; lineTime: number }

function drawStation(
  random: Random,
  story: LineStory,
  id: StationId,
  { line, lineTime }: Moved,
): LineStation {
  const odds = {
    past: new Map<Kind, number>(),
    base: new Map<Kind, number>(),
    canary: new Map<Kind, number>(),
  }
  for (const kind of kinds) {
    const own = logOdds(story.rates[kind]) + story.bias * normal(random)
    odds.past.set(kind, own)
    const now = own + (line.get(kind) ?? 0)
    odds.base.set(kind, now + story.drift * normal(random))
    odds.canary.set(kind, now + story.drift * normal(random) + Math.log(story.build?.[kind] ?? 1))
  }
  const own = usualMs * Math.exp(story.times.stations * normal(random))
  const moved = () => own * lineTime * Math.exp(story.times.deployment * normal(random))
  const times = { past: own, base: moved(), canary: moved() * (story.build?.time ?? 1) }
  const cells = { past: cellsOf(odds.past), base: cellsOf(odds.base), canary: cellsOf(odds.canary) }

  function testUnit(regime: Regime, round: number): HistoryRun[] {
    const longer = random() < (regime === 'canary' ? story.longer.canary : story.longer.usual) ? 1 : 0
    const shift = (((round % unitsPerDay) + unitsPerDay) % unitsPerDay) * 2 < unitsPerDay ? 0 : 1
    const rates = cells[regime][2 * longer + shift] ?? story.rates
    const usual = times[regime] * (longer === 1 ? longerTime : 1)
    const runs: HistoryRun[] = []
    let chanceOfFailing = rates.fail
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const outcome = outcomeOf(random(), { ...rates, fail: chanceOfFailing })
      const startedAt = start + ((round + attempt / mostAttempts) * day) / unitsPerDay
      runs.push({
        stationId: id,
        deploymentId: build,
        outcome,
        startedAt,
        endedAt: startedAt + (outcome === 'PASS' ? passMs(random, usual, story.times.runs) : timeLimitMs),
        measurementCount: null,
        metrics: noMetrics,
        product: products[longer],
        shift,
        isFirstAttempt: attempt === 0,
      })
      if (outcome === 'PASS') break
      if (outcome === 'FAIL') chanceOfFailing = failsAgain
    }
    return runs
  }

  const history: HistoryRun[] = []
  for (let round = -story.pastUnits; round < 0; round++) history.push(...testUnit('past', round))
  return { id, history, testUnit }
}

const kinds: readonly Kind[] = ['fail', 'error', 'timeout']

/** Rates by product and shift: shorter by day, shorter by night, longer by day, longer by night. */
function cellsOf(odds: ReadonlyMap<Kind, number>): Rates[] {
  const rate = (kind: Kind, more: number) => rateFromLogOdds((odds.get(kind) ?? 0) + more)
  return [0, nightOdds, longerOdds, longerOdds + nightOdds].map((more) => ({
    fail: rate('fail', more),
    error: rate('error', more),
    timeout: rate('timeout', more),
  }))
}

function outcomeOf(chance: number, { fail, error, timeout }: Rates): RunOutcome {
  if (chance < error) return 'ERROR'
  if (chance < error + timeout) return 'TIMEOUT'
  return chance < error + timeout + fail ? 'FAIL' : 'PASS'
}

/** Log-normal around the usual time; of 2 % of the runs ten times that. */
function passMs(random: Random, usual: number, spread: number): number {
  const time = usual * Math.exp(spread * normal(random))
  return random() < outlierShare ? outlierTime * time : time
}
