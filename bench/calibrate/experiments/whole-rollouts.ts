// Whole rollouts, 1 → 5 → 10 → 20 stations, judged by the product's own gate with evidence carried along.
import { evaluateGates } from '../../../server/domain/gates/evaluate-gates.ts'
import { defaultGates, gates } from '../../../server/domain/gates/gate.ts'
import { type GateStation, noConditions } from '../../../server/domain/gates/question.ts'
import type { Verdict, VerdictWord } from '../../../server/domain/gates/verdict.ts'
import { stationId } from '../../../server/domain/ids.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { drawFleet, type Fleet, type FleetStory } from '../fleet.ts'
import type { Random } from '../random.ts'

/** Stations of a stage, and the first attempts it asks for before a pass (the standard plan's). */
const stages = [
  { stations: 1, target: 100 },
  { stations: 5, target: 300 },
  { stations: 10, target: 500 },
  { stations: 20, target: 500 },
]
/** A station tests 100 units a day: a day of soak for each stage; without a pass after three a person decides. */
const soakRounds = 100
const longestRounds = 300

/** Yield and its rise: what first attempts are judged by, each with its part of the whole plan's budget. */
const yieldGates = gates
  .parse(defaultGates)
  .filter(({ metric }) => metric === 'first-pass yield' || metric === 'first-pass yield rise')
const key = 'first-pass yield'
const usual = { size: 20, canary: 20, rate: 0.02, bias: 0.3, drift: 0.15, pastRuns: 1000 }

export const wholeRolloutExperiments: readonly Experiment[] = [
  experiment('healthy', usual, true),
  experiment('98 → 90 %', { ...usual, newRate: 0.1 }, false),
  experiment('98 → 96 %', { ...usual, newRate: 0.04 }, false),
]

const completed = 'completed'
const held = 'held for a person'
const heldThenStopped = 'held for a person, then stopped'
const stoppedOn = (stations: number) => `stopped on ${stations} ${stations === 1 ? 'station' : 'stations'}`
const endings = [completed, held, heldThenStopped, ...stages.map(({ stations }) => stoppedOn(stations))]

function experiment(column: string, story: FleetStory, isQuick: boolean): Experiment {
  return {
    section: 'whole rollouts, 1 → 5 → 10 → 20 stations, the product’s default yield gates',
    column,
    shows: 'endings',
    promises: [],
    share: 0.5,
    isQuick,
    play: (random) => {
      // One fleet with the build on every station, and the same without: a station changes over at its stage.
      const withBuild = drawFleet(random, story)
      const { ending, runs } = playStages(random, withBuild, oddsRatioOf(story))
      return new Map(endings.map((name) => [name, name === ending ? runs : undefined]))
    },
  }
}

function oddsRatioOf({ rate, newRate }: FleetStory): number {
  return newRate === undefined ? 1 : ((newRate / (1 - newRate)) * (1 - rate)) / rate
}

type Ending = { ending: string; runs: number }

function playStages(random: Random, fleet: Fleet, oddsRatio: number): Ending {
  const stations = fleet.past.map(
    (past, place): GateStation => ({
      id: stationId.parse(`00000000-0000-4000-8000-${String(place).padStart(12, '0')}`),
      arm: 'base',
      past: counts(past.runs, past.bad),
      since: counts(0, 0),
      mix: {},
    }),
  )
  const judge = judgeOf(stations)
  let isHeld = false
  for (const { stations: taken, target } of stages) {
    for (const station of stations.slice(0, taken)) if (station.arm === 'base') switchOver(station)
    const stopped = (): Ending => ({
      ending: isHeld ? heldThenStopped : stoppedOn(taken),
      runs: canaryUnits(stations),
    })
    for (let round = 1; ; round++) {
      for (const [place, station] of stations.entries()) {
        const rate = fleet.rateNow(place, 0)
        const isBad = random() < (station.arm === 'canary' ? rate : withoutBuild(rate, oddsRatio))
        const counted = station.since[key]
        if (!counted) continue
        counted.n += 1
        if (!isBad) continue
        counted.bad += 1
        if (station.arm === 'canary' && isStopped(judge(target))) return stopped()
      }
      if (round < soakRounds || canaryUnits(stations) < target) continue
      const word = judge(target)
      if (isStopped(word)) return stopped()
      if (word === 'pass' && !isHeld) break
      // From here on a person decides; the gate goes on judging.
      if (round >= longestRounds) isHeld = true
      if (isHeld && canaryUnits(stations) >= mostCanaryRuns)
        return { ending: held, runs: canaryUnits(stations) }
    }
  }
  return { ending: completed, runs: canaryUnits(stations) }
}

/** The gate on the counts as they stand, at the least drift noise; base's last drift is kept between looks. */
function judgeOf(stations: GateStation[]): (target: number) => VerdictWord {
  let previous: Verdict | null = null
  return (target) => {
    const watermark = { canary: 0, base: 0 }
    const question = {
      gates: yieldGates,
      stageIndex: 0,
      expectedYieldChange: 0,
      stations,
      names: {},
      conditions: noConditions,
      accepted: [],
      open: [],
      target,
      passes: 'likely' as const,
      growth: 1,
      overdue: false,
      previous,
      driftNoise: {},
      watermark,
    }
    const verdict: Verdict = evaluateGates(question, 0)
    previous = verdict
    return verdict.overall
  }
}

function isStopped(word: VerdictWord): boolean {
  return word === 'breach' || word === 'severe'
}

function switchOver(station: GateStation): void {
  station.arm = 'canary'
  station.since = counts(0, 0)
}

function canaryUnits(stations: readonly GateStation[]): number {
  return stations.reduce((sum, { arm, since }) => sum + (arm === 'canary' ? (since[key]?.n ?? 0) : 0), 0)
}

function withoutBuild(rate: number, oddsRatio: number): number {
  const odds = rate / (1 - rate) / oddsRatio
  return odds / (1 + odds)
}

function counts(n: number, bad: number): GateStation['since'] {
  return { [key]: { n, bad } }
}
