// What gates are asked, built from counts as people say them: [how many, how many of them bad].
import type { z } from 'zod'
import { evaluateGates } from '../../server/domain/gates/evaluate-gates.ts'
import { type Gate, gates } from '../../server/domain/gates/gate.ts'
import {
  type Conditions,
  type GateQuestion,
  type GateStation,
  type MetricCount,
  noConditions,
} from '../../server/domain/gates/question.ts'
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import type { StationId } from '../../server/domain/ids.ts'
import type { Acceptance } from '../../server/domain/rollout/state.ts'
import { station } from './plan-builder.ts'
import { ada, t0 } from './rollout-story.ts'

export type Pair = readonly [n: number, bad: number]
export type GateInput = z.input<typeof gates>[number]

/** The gates of a plan that has these and no others; a yield gate of alpha 2 % when none is named. */
export function gatesOf(...given: GateInput[]): Gate[] {
  return gates.parse(given.length === 0 ? [{ metric: 'first-pass yield', alpha: 0.02 }] : given)
}

/**
 * One canary station for each pair of `canary`, then the base stations (nine, at 2 of 100 each since the start), all
 * with the same past (20 bad of 1,000), in one counting.
 */
export function line(
  canary: Pair[],
  what: { key?: string; past?: Pair; base?: Pair; bases?: number } = {},
): GateStation[] {
  const { key = 'first-pass yield', past = [1000, 20], base = [100, 2], bases = 9 } = what
  const counted = ([n, bad]: Pair): Record<string, MetricCount> => ({ [key]: { n, bad } })
  const each = (arm: 'canary' | 'base', since: Pair) => ({
    arm,
    past: counted(past),
    since: counted(since),
    mix: {},
  })
  return [
    ...canary.map((since) => each('canary', since)),
    ...Array.from({ length: bases }, () => each('base', base)),
  ].map((made, index) => ({ ...made, id: station(index + 1) }))
}

/** The same stations, counted in several ways: arms are those of the first line. */
export function together(first: GateStation[], ...others: GateStation[][]): GateStation[] {
  return first.map((one, index) => {
    const same = others.flatMap((other) => other[index] ?? [])
    return {
      ...one,
      past: Object.assign({}, one.past, ...same.map((other) => other.past)),
      since: Object.assign({}, one.since, ...same.map((other) => other.since)),
    }
  })
}

/** "ICT-1" and so on, for what is said of stations. */
export const names = Object.fromEntries(
  Array.from({ length: 30 }, (_, index): [StationId, string] => [station(index + 1), `ICT-${index + 1}`]),
)

export type What = Partial<Omit<GateQuestion, 'conditions'>> & { conditions?: Partial<Conditions> }

export function question(stations: GateStation[], what: What = {}): GateQuestion {
  return {
    gates: gatesOf(),
    stageIndex: 0,
    expectedYieldChange: 0,
    stations,
    names,
    accepted: [],
    open: [],
    target: 100,
    passes: 'likely',
    growth: 1,
    overdue: false,
    previous: null,
    driftNoise: {},
    watermark: { canary: t0, base: t0 },
    ...what,
    conditions: { ...noConditions, ...what.conditions },
  }
}

export function asked(stations: GateStation[], what: What = {}, now = t0): Verdict {
  return evaluateGates(question(stations, what), now)
}

/** The verdict of the first gate, or of the one so named. */
export function gateOf(verdict: Verdict, name?: string): GateVerdict {
  const found = verdict.gates.find((gate) => name === undefined || gate.name === name)
  if (!found) throw new Error(`expected a gate ${name}, got ${verdict.gates.map((gate) => gate.name)}`)
  return found
}

/** What one gate says of these stations. */
export function judgedBy(gate: GateInput, stations: GateStation[], what: What = {}, now = t0): GateVerdict {
  return gateOf(asked(stations, { gates: gatesOf(gate), ...what }, now))
}

/** Evidence that Ada accepted at the beginning. */
export function accepted(logEvidence: number, gate = 'first-pass yield', at = t0): Acceptance[] {
  return [{ gate, logEvidence, by: ada, at, why: 'known bad lot' }]
}

/** What a condition says of a line of which nothing is counted. */
export function conditionOf(
  gate: GateInput,
  conditions: Partial<Conditions>,
  what: What = {},
  now = t0,
): GateVerdict {
  return judgedBy(gate, [], { ...what, conditions }, now)
}
