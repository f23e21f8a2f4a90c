// A gate as people read it: its title, and its rates, since gates judge bad shares but a yield is read as the good one.
import { type GateMetric, gateMetric } from './gates/gate.ts'
import type { GateVerdict } from './gates/verdict.ts'

/** Rates as fractions, differences as fractions of the same rate: of a yield, less is worse. */
export type GateReading = {
  observed: number | null
  base: number | null
  expected: number | null
  tolerated: number | null
  /** How far the tolerated rate lies from the expected one. */
  margin: number | null
  difference: number | null
  low: number | null
  high: number | null
  /** The part of the expected rate that comes from another mix of products and shifts. */
  mix: number | null
}

type Judged = Pick<
  GateVerdict,
  | 'metric'
  | 'canary'
  | 'base'
  | 'expectedRate'
  | 'toleratedRate'
  | 'difference'
  | 'differenceLow'
  | 'differenceHigh'
  | 'mixDifference'
>

export function gateReading(gate: Judged): GateReading {
  const { canary, base, expectedRate, toleratedRate, difference, differenceLow, differenceHigh } = gate
  const isYield = readsAsYield(gate.metric)
  const rate = (bad: number | null) => (bad === null || !isYield ? bad : 1 - bad)
  const change = (worse: number | null) => (worse === null || !isYield ? worse : -worse)
  return {
    observed: rate(canary.rate),
    base: rate(base.rate),
    expected: rate(expectedRate),
    tolerated: rate(toleratedRate),
    margin: change(toleratedRate === null || expectedRate === null ? null : toleratedRate - expectedRate),
    difference: change(difference),
    low: change(isYield ? differenceHigh : differenceLow),
    high: change(isYield ? differenceLow : differenceHigh),
    mix: change(gate.mixDifference),
  }
}

/**
 * "about 212 more", "about 26,000 more": an estimate does not know its last digits. Null where nothing more is needed
 * or it cannot be said: beyond a million the gate looks as if it would never be decided, and a number would be a false one.
 */
export function moreNeeded({ countsToVerdict }: Pick<GateVerdict, 'countsToVerdict'>): string | null {
  if (countsToVerdict === null || countsToVerdict <= 0 || countsToVerdict > mostForeseen) return null
  const digits = countsToVerdict < 1000 ? 3 : 2
  return `about ${Number(Math.ceil(countsToVerdict).toPrecision(digits)).toLocaleString('en-GB')} more`
}

const mostForeseen = 1_000_000

export function readsAsYield(metric: GateMetric): boolean {
  return metric === 'first-pass yield' || metric === 'first-pass yield rise'
}

/** A gate that was given no name of its own has its metric's, which reads better as a title; null for one's own names. */
export function titleOf(name: string): string | null {
  const metric = gateMetric.safeParse(name)
  return metric.success ? gateTitles[metric.data] : null
}

const gateTitles: Record<GateMetric, string> = {
  'first-pass yield': 'First-pass yield',
  'first-pass yield rise': 'Yield rise (escapes)',
  'error rate': 'Errors',
  'timeout rate': 'Timeouts',
  duration: 'Duration',
  'measurement coverage': 'Measurement coverage',
  custom: 'Custom',
  'error budget': 'Error budget',
  'shadow pairs': 'Shadow pairs',
  telemetry: 'Telemetry',
  'new failure mode': 'New failure modes',
  'reference samples': 'Reference samples',
  'mixed builds': 'Mixed builds',
  'sample ratio': 'Sample ratio',
}
