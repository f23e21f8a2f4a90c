// Rollouts that never were: random starts and canaries, each stage replayed as it was and with failures added.
import { countings } from '../gates/counting.ts'
import { type CountedGate, isTallied } from '../gates/gate.ts'
import type { StationId } from '../ids.ts'
import type { Plan } from '../plan.ts'
import { stageSize } from '../stage-size.ts'
import { orderStations } from '../station-order.ts'
import { type ProvableChange, smallestProvableChange } from '../statistics/smallest-provable-change.ts'
import { chance } from './chance.ts'
import { type HistoryRun, runsBetween } from './history.ts'
import { regularLooks } from './looks.ts'
import { type FrozenPast, pastAt } from './past-at.ts'
import { type Replayed, replayed } from './replay.ts'
import { longestStageMs, type ReplayedStage, replayedStages } from './replayed-stages.ts'
import type { Start } from './starts.ts'

export type Asked = {
  /** Starts that are drawn. */
  rollouts: number
  seed: number
  /** Points of yield, as fractions, that are taken from the canary. */
  drops: number[]
}

/** One stage, played by itself from one start on. */
export type Played = {
  stage: ReplayedStage
  start: Start
  canary: StationId[]
  lookEvery: number
  asItWas: Replayed
  /** In the order of the drops asked for; none where no gate judges yield. */
  withDrop: Replayed[]
  /** Null where no gate compares yield. */
  provable: ProvableChange | null
}

/** The gates that can stop a rollout on counts. */
export function actingGates(plan: Plan): CountedGate[] {
  return plan.gates.filter(isTallied).filter(({ mode }) => mode !== 'observe')
}

/** One after the other, so that whoever plays them can rest in between. Without starts nothing is played. */
export function* played(starts: Start[], plan: Plan, asked: Asked): Generator<Played> {
  for (let rollout = 0; rollout < asked.rollouts; rollout++) {
    const start = starts[Math.floor(chance(asked.seed, 'start', rollout) * starts.length)]
    if (start) yield* playedStart(start, plan, asked, `${asked.seed}/${rollout}`)
  }
}

/** Stages of one size are played once: on a small fleet a share may come to the same stations. */
function* playedStart(start: Start, plan: Plan, { drops }: Asked, seed: string): Generator<Played> {
  const gates = actingGates(plan)
  const past = pastAt(start, gates)
  const order = orderStations(start.stations, { seed, handPicked: [], progression: plan.progression })
  const runs = runsSince(start, longestStageMs(plan))
  let before = 0
  for (const stage of replayedStages(plan)) {
    const size = stageSize(plan, stage.index, order.length)
    if (size === before) continue
    before = size
    const canary = order.slice(0, size)
    const chosen = new Set(canary)
    const lookEvery = regularLooks(runs.filter(({ stationId }) => chosen.has(stationId)).length)
    const replay = { stage, at: start.at, past, canary: chosen, runs, lookEvery }
    const judgesYield = gates.filter((gate) => countings([gate]).some(({ of }) => of === 'first attempts'))
    yield {
      stage,
      start,
      canary,
      lookEvery,
      asItWas: replayed({ ...replay, gates, isTurned: () => false }),
      withDrop: (judgesYield.length === 0 ? [] : drops).map((drop) =>
        replayed({ ...replay, gates: judgesYield, isTurned: turning(drop, past, seed) }),
      ),
      provable: provable(gates, past, replay.canary),
    }
  }
}

function runsSince({ at, stations }: Start, longestMs: number): HistoryRun[] {
  return stations
    .flatMap(({ runs }) => runsBetween(runs, at, at + longestMs))
    .sort((a, b) => a.startedAt - b.startedAt || (a.stationId < b.stationId ? -1 : 1))
}

/** As many of the passes as lower the usual yield by so much: those of a smaller drop are among those of a larger. */
function turning(drop: number, { pasts }: FrozenPast, seed: string): (run: HistoryRun) => boolean {
  const yields = pasts.filter(({ metric }) => metric === 'first-pass yield')
  const sum = (of: 'n' | 'bad') => yields.reduce((all, each) => all + each[of], 0)
  const usualYield = 1 - sum('bad') / Math.max(sum('n'), 1)
  return (run) => chance(seed, run.stationId, run.startedAt) * usualYield < drop
}

function provable(
  gates: CountedGate[],
  { pasts, driftNoise }: FrozenPast,
  canary: ReadonlySet<StationId>,
): ProvableChange | null {
  const gate = gates.find(({ metric }) => metric === 'first-pass yield')
  if (gate === undefined || ('comparison' in gate && gate.comparison === 'absolute')) return null
  const stations = pasts
    .filter(({ metric }) => metric === 'first-pass yield')
    .map(({ stationId, n, bad }) => ({
      id: stationId,
      arm: canary.has(stationId) ? ('canary' as const) : ('base' as const),
      pastRuns: n,
      pastBad: bad,
      runs: 0,
      bad: 0,
    }))
  const noise = driftNoise['first-pass yield']
  const options = { alpha: gate.alpha, ...(noise === undefined ? {} : { driftNoise: noise }) }
  return smallestProvableChange(stations, options) ?? null
}
