// What a plan's stages can be expected to take and to prove, before anything is started.
import { evaluator } from './gates/evaluator.ts'
import type { Gate } from './gates/gate.ts'
import { leastBase, talliesOf, withoutBase, withPast } from './gates/gate-tallies.ts'
import { optionsOf } from './gates/judge-compared.ts'
import { judgeCounted } from './gates/judge-counted.ts'
import { type GateQuestion, noConditions } from './gates/question.ts'
import type { StationId } from './ids.ts'
import { hour, type Instant } from './instant.ts'
import type { Plan } from './plan.ts'
import { soakedAfter } from './soaked-after.ts'
import { stageSize } from './stage-size.ts'
import type { Drift } from './statistics/base-drift.ts'
import { pooledPast } from './statistics/pooled-past.ts'
import { rateFromLogOdds } from './statistics/rate-from-log-odds.ts'
import { smallestChangeInSight } from './statistics/smallest-change-in-sight.ts'
import { stationPrior } from './statistics/station-prior.ts'

/** `pace`: first attempts an hour, nights and weekends included. `n`, `bad`: its past first attempts on base. */
export type ForecastStation = { id: StationId; pace: number; n: number; bad: number }

export type StageForecast = {
  /** From the stage's start until it can pass. Null: no pace is known, or it will not pass in time. */
  hoursToVerdict: number | null
  /** Of first-pass yield, as a share, with the runs at its soak's end. Null: no pace or no past is known. */
  smallestDrop: number | null
}

/**
 * For a build that is as good as base, at the stations' usual pace and without pauses, by the yield gate: the others
 * count more and doubt less. Each stage begins when the one before could pass, with all that was counted until then.
 * @param order all stations that take part, as the rollout would take them.
 * @param driftNoise how much stations wander by themselves; the method's floor where it is not known.
 */
export function stageForecasts(
  plan: Plan,
  order: ForecastStation[],
  driftNoise: number | undefined,
  start: Instant,
): StageForecast[] {
  const rates = healthyRates(order)
  const drift: Record<string, Drift> = {}
  const lasted: { size: number; hours: number }[] = []
  return plan.stages.map((stage, index) => {
    const size = stageSize(plan, index, order.length)
    const stages = (hours: number) => [...lasted, { size, hours }]
    const canaries = order.slice(0, size).map((station, place) => ({
      pace: station.pace,
      done: hoursAs('canary', place, lasted) * station.pace,
    }))
    const elapsed = lasted.reduce((sum, { hours }) => sum + hours, 0)
    const soaked = soakedAfter(stage.soak, plan.shifts, canaries, start + elapsed * hour)
    const asked = (hours: number): GateQuestion => ({
      ...nothingElse,
      gates: plan.gates,
      stageIndex: index,
      expectedYieldChange: plan.expectedYieldChange,
      stations: order.map((station, place) => {
        const arm = place < size ? 'canary' : 'base'
        // A millionth of a unit less than the target, and a stage would wait for the next one.
        const n = Number((hoursAs(arm, place, stages(hours)) * station.pace).toFixed(6))
        const past = { n: station.n, bad: station.bad }
        return {
          id: station.id,
          arm,
          past: { [key]: past },
          since: { [key]: { n, bad: n * (rates?.[place] ?? 0) } },
          mix: {},
        }
      }),
      target: stage.soak.firstAttempts,
      passes: plan.passes,
      previous: { drift, failing: {} },
      driftNoise: driftNoise === undefined ? {} : { [key]: driftNoise },
    })
    const passes = (hours: number) => yieldPasses(asked(hours), drift)
    // What has passed goes on passing: the last stage of several asks nothing of its own.
    const isJudged = rates !== null && (index === 0 || index < plan.stages.length - 1)
    const hoursToVerdict =
      soaked === null || !isJudged ? soaked : firstPass(passes, soaked, longestHours(plan, index))
    const smallestDrop = soaked === null || rates === null ? null : dropInSight(asked(soaked))
    lasted.push({ size, hours: hoursToVerdict ?? soaked ?? stage.soak.minutes / 60 })
    return { hoursToVerdict, smallestDrop }
  })
}

const key = 'first-pass yield'

const nothingElse = {
  names: {},
  conditions: noConditions,
  accepted: [],
  open: [],
  growth: 1,
  overdue: false,
  watermark: { canary: 0, base: 0 },
}

/** For how long the station at this place of the order has been in this arm. */
function hoursAs(arm: 'canary' | 'base', place: number, stages: { size: number; hours: number }[]): number {
  const own = stages.filter(({ size }) => place < size === (arm === 'canary'))
  return own.reduce((sum, { hours }) => sum + hours, 0)
}

/** What each station's own past leads to expect of it; null where there is next to no past. */
function healthyRates(order: ForecastStation[]): number[] | null {
  const tallies = order.map(({ id, n, bad }) => ({
    id,
    arm: 'base' as const,
    pastRuns: n,
    pastBad: bad,
    runs: 0,
    bad: 0,
  }))
  const fleet = pooledPast(tallies)
  if (fleet.runs < leastBase) return null
  return tallies.map((tally) => rateFromLogOdds(stationPrior(tally, fleet).logOdds))
}

function yieldPasses(question: GateQuestion, drift: Record<string, Drift>): boolean {
  const gate = yieldGate(question)
  return gate === undefined || judgeCounted(gate, question, evaluator(question, drift)).verdict === 'pass'
}

function yieldGate({ gates, stageIndex }: GateQuestion) {
  return gates.find(isYield(stageIndex))
}

type YieldGate = Extract<Gate, { metric: 'first-pass yield' }>

function isYield(stageIndex: number) {
  return (gate: Gate): gate is YieldGate =>
    gate.metric === key &&
    gate.mode !== 'observe' &&
    (gate.stages === null || gate.stages.includes(stageIndex))
}

/** A stage that has lasted three times its soak without a pass is for a person to decide. */
function longestHours(plan: Plan, index: number): number {
  const soakMinutes = plan.stages[index]?.soak.minutes ?? 0
  return (plan.longestStageMinutes ?? 3 * soakMinutes) / 60 || 90 * 24
}

/** From the soak's end on in growing steps, then between the last two. */
function firstPass(passes: (hours: number) => boolean, soaked: number, longest: number): number | null {
  let [short, step] = [soaked, Math.max(soaked / 8, 0.25)]
  if (passes(short)) return short
  while (short < longest && !passes(short + step)) {
    short += step
    step *= 2
  }
  let enough = short + step
  for (let halving = 0; halving < 5; halving++) {
    const middle = (short + enough) / 2
    if (passes(middle)) enough = middle
    else short = middle
  }
  return enough <= longest ? enough : null
}

/** Null too where yield is held against a set limit: then no drop is looked for. */
function dropInSight(question: GateQuestion): number | null {
  const gate = yieldGate(question)
  if (gate === undefined || gate.comparison === 'absolute') return null
  const tallies = talliesOf(question.stations, key)
  const previousDrift = question.previous?.drift[key]
  const driftNoise = question.driftNoise[key]
  const found = smallestChangeInSight(
    gate.comparison === 'own past' ? withoutBase(tallies) : withPast(tallies),
    {
      ...optionsOf(gate, question),
      ...(driftNoise === undefined ? {} : { driftNoise }),
      ...(previousDrift === undefined ? {} : { previousDrift }),
    },
  )
  return found === undefined ? null : found.rate - found.expectedRate
}
