// Whole rollouts, 1 → 5 → 10 → 20 stations, judged by all counted gates of the default plan on the product's own counts.
import { type CountedGate, defaultGates, gates, isCounted } from '../../../server/domain/gates/gate.ts'
import type { StationId } from '../../../server/domain/ids.ts'
import { type Experiment, mostCanaryRuns } from '../experiment.ts'
import { gateJudge, stops } from '../gate-judge.ts'
import { gateLooks } from '../gate-looks.ts'
import { drawLine, type LineStory, unitsPerDay, usualLine } from '../line.ts'
import { lineCounts } from '../line-counts.ts'
import { naiveLine } from '../methods/naive-line.ts'
import type { Random } from '../random.ts'

/** Stations of a stage, and the first attempts it asks for before a pass (the standard plan's). */
const stages = [
  { stations: 1, target: 100 },
  { stations: 5, target: 300 },
  { stations: 10, target: 500 },
  { stations: 20, target: 500 },
]
/** A day of soak for each stage, then asked twenty times a day; without a pass after three days a person decides. */
const askedEvery = unitsPerDay / 20
const longestRounds = 3 * unitsPerDay

/** The default plan's, each with its part of the alarm budget. */
const counted = gates.parse(defaultGates).filter(isCounted)
const budget = counted.reduce((sum, { alpha }) => sum + alpha, 0)

const otherMix = { longer: { usual: 0.2, canary: 0.5 } }

/** The product's claim: these are what it is about. */
export const healthyRollouts = 'healthy whole rollouts, all five counted gates of the default plan'

const together = 'ours, all five gates together'
const by = (gate: CountedGate) => `ours, by ${gate.name} (α ${gate.alpha.toFixed(3).slice(1)})`
const naive = naiveLine.name
/** Rows that are about stops as a whole. */
export const claimedMethods: readonly string[] = [together, naive]

const completed = 'completed'
const held = 'held for a person'
const on = (stations: number) => `stopped on ${stations} ${stations === 1 ? 'station' : 'stations'}`

export const wholeRolloutExperiments: readonly Experiment[] = [
  healthy('bias .3', usualLine, { isQuick: true }),
  healthy('bias .6', { ...usualLine, bias: 0.6 }),
  healthy('bias .3, new mix', { ...usualLine, ...otherMix }),
  healthy('bias .6, new mix', { ...usualLine, bias: 0.6, ...otherMix }),
  healthy('bias .3, line .3', { ...usualLine, lineDrift: 0.3 }),
  healthy('bias .3, drift .30', { ...usualLine, drift: 0.3 }, { isAssumed: false }),
  bad('yield 98 → 90 %', { fail: 8 }),
  bad('yield 98 → 96 %', { fail: 2.6 }),
  bad('errors 0.5 → 2 %', { error: 4 }),
  bad('times +20 %', { time: 1.2 }),
]

function healthy(column: string, story: LineStory, { isQuick = false, isAssumed = true } = {}): Experiment {
  return {
    section: healthyRollouts,
    column,
    shows: 'endings',
    promises: isAssumed
      ? [
          { method: together, alpha: budget },
          ...counted.map((gate) => ({ method: by(gate), alpha: gate.alpha })),
        ]
      : [],
    share: 0.5,
    isQuick,
    play: (random) => {
      const { runs, stoppedBy, isHeld, naiveRuns } = playRollout(random, story)
      const isStopped = stoppedBy.length > 0
      return new Map([
        [together, isStopped ? runs : undefined],
        ...counted.map((gate): [string, number | undefined] => [
          by(gate),
          stoppedBy.includes(gate.name) ? runs : undefined,
        ]),
        [completed, isStopped || isHeld ? undefined : runs],
        [held, isHeld && !isStopped ? runs : undefined],
        [naive, naiveRuns],
      ])
    },
  }
}

function bad(column: string, build: LineStory['build']): Experiment {
  return {
    section: 'whole rollouts of bad builds, all five counted gates of the default plan',
    column,
    shows: 'endings',
    promises: [],
    share: 0.15,
    isQuick: false,
    play: (random) => {
      const { runs, stoppedBy, isHeld, stations } = playRollout(random, { ...usualLine, build: build ?? {} })
      const isStopped = stoppedBy.length > 0
      return new Map([
        ...stages.map((stage): [string, number | undefined] => [
          on(stage.stations),
          isStopped && !isHeld && stations === stage.stations ? runs : undefined,
        ]),
        ['held for a person, then stopped', isStopped && isHeld ? runs : undefined],
        [held, isHeld && !isStopped ? runs : undefined],
        [completed, isStopped || isHeld ? undefined : runs],
      ])
    },
  }
}

type Played = {
  /** Canary first attempts until it ended. */
  runs: number
  /** Names of the gates that stopped it, at one and the same look. */
  stoppedBy: string[]
  isHeld: boolean
  /** Canary stations of the stage in which it ended. */
  stations: number
  naiveRuns: number | undefined
}

/** Every gate is looked at after every canary run; evidence is carried from stage to stage. */
export function playRollout(random: Random, story: LineStory, how: { isEveryLook?: boolean } = {}): Played {
  const line = drawLine(random, story)
  const canary = new Set<StationId>()
  const counts = lineCounts(line, counted)
  const looks = gateLooks(counted, how)
  const judge = gateJudge({ driftNoise: counts.driftNoise })
  const byNaive = naiveLine.begin()
  const played: Played = { runs: 0, stoppedBy: [], isHeld: false, stations: 0, naiveRuns: undefined }
  let round = 0

  function verdict(asking: CountedGate[], target: number) {
    const given = judge.verdict(asking, counts.stations(asking), target)
    played.stoppedBy = given.gates.filter(stops).map(({ name }) => name)
    return given.overall
  }
  /** Of all runs of a canary unit; true when a gate stops the rollout. */
  function isStoppedBy(badBy: ReadonlySet<string>, target: number): boolean {
    const due = looks.due(badBy)
    if (due.length === 0) return false
    const stations = counts.stations(due)
    const near = due.filter((gate) => {
      const evidence = judge.evidence(gate, stations)
      looks.seen(gate, evidence)
      return evidence.logEvidence >= Math.log(1 / gate.alpha)
    })
    if (near.length > 0) verdict(near, target)
    return played.stoppedBy.length > 0
  }

  for (const { stations, target } of stages) {
    played.stations = stations
    for (const { id } of line.slice(0, stations)) canary.add(id)
    for (let soaked = 1; ; soaked++, round++) {
      for (const station of line) {
        const arm = canary.has(station.id) ? 'canary' : 'base'
        if (arm === 'canary') played.runs += 1
        // Stations go over one after the other with their first run.
        if (soaked === 1) looks.changed()
        for (const run of station.testUnit(arm, round)) {
          const badBy = counts.count(arm, run)
          byNaive.add(arm, run)
          if (arm === 'base') continue
          if (played.naiveRuns === undefined && byNaive.stops()) played.naiveRuns = played.runs
          if (isStoppedBy(badBy, target)) return played
        }
      }
      if (played.isHeld && played.runs >= mostCanaryRuns) return played
      if (soaked < unitsPerDay || soaked % askedEvery !== 0 || played.runs < target || played.isHeld) continue
      const word = verdict(counted, target)
      if (played.stoppedBy.length > 0) return played
      if (word === 'pass') break
      // From here on a person decides; the gates go on judging.
      if (soaked >= longestRounds) played.isHeld = true
    }
  }
  return played
}
