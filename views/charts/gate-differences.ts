// Stored verdicts of one gate, turned from bad rates (more is worse) into what people read.
import { readsAsYield } from '../../server/domain/gate-reading.ts'
import type { VerdictWord } from '../../server/domain/gates/verdict.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { evidence } from '../format/evidence.ts'
import { pointsInterval } from '../format/rate.ts'
import { type ChartFrame, colours } from './chart-frame.ts'

/** Differences in points of the rate as it is read; evidence as its logarithm to the base ten. */
export type GateDifference = {
  n: number
  at: number
  difference: number
  low: number
  high: number
  tolerated: number
  severe: number | null
  interval: string
  evidence: number
  threshold: number
  weighed: string
  verdict: VerdictWord
}

/** More than this many points stand closer together than they are wide. */
const most = 120

type Judged = RolloutCharts['differences'][number]

/** Gates that compare rates, in the order of the plan. */
export function gatesOf(charts: RolloutCharts): Pick<Judged, 'gate' | 'metric' | 'unit'>[] {
  const byName = new Map(charts.differences.map((each) => [each.gate, each]))
  return [...byName.values()].map(({ gate, metric, unit }) => ({ gate, metric, unit }))
}

/** The gate that was asked for, where there is one; else the one on first-pass yield. */
export function shownGate(charts: RolloutCharts, asked: string | undefined): string {
  const gates = gatesOf(charts)
  const shown =
    gates.find(({ gate }) => gate === asked) ??
    gates.find(({ metric }) => metric === 'first-pass yield') ??
    gates[0]
  return shown?.gate ?? 'first-pass yield'
}

/** The last verdict at each count, ascending; thinned evenly, but never of the first breach or the last. */
export function gateDifferences(charts: RolloutCharts, gate: string): GateDifference[] {
  const byCount = new Map<number, GateDifference>()
  for (const verdict of charts.differences)
    if (verdict.gate === gate && verdict.canaryCount > 0) byCount.set(verdict.canaryCount, asRead(verdict))
  return thinned([...byCount.values()].sort((a, b) => a.n - b.n))
}

/** The early interval spans nearly everything and would flatten the rest: it may run out of the plot. */
export function differenceDomain(rows: GateDifference[]): [number, number] {
  const later = rows.slice(Math.floor(rows.length / 3))
  const shown = rows.flatMap((row) => [row.difference, row.tolerated])
  const low = Math.min(0, ...later.map((row) => row.low), ...shown)
  const high = Math.max(0, ...later.map((row) => row.high), ...shown)
  const severe = rows.at(-1)?.severe ?? 0
  // A severe breach may lie far off: the line is drawn where there is room for it, and told in words anyway.
  const isNear = Math.abs(severe) <= 2 * Math.max(-low, high)
  const [from, to] = isNear ? [Math.min(low, severe), Math.max(high, severe)] : [low, high]
  const margin = Math.max(0.5, (to - from) * 0.08)
  return [from - margin, to + margin]
}

/** Evidence that has gone far down or far up says nothing more: it runs along the edge of the plot. */
const lowest = -2
const highest = 6

export function evidenceDomain(rows: GateDifference[]): [number, number] {
  const evidences = rows.map((row) => row.evidence)
  const thresholds = rows.map((row) => row.threshold)
  return [Math.min(-0.5, ...evidences) - 0.2, Math.max(...thresholds, ...evidences) + 0.4]
}

function asRead(verdict: Judged): GateDifference {
  const { difference, low, high, tolerated, severe, logEvidence, logThreshold } = verdict
  const isYield = readsAsYield(verdict.metric)
  const [from, to] = isYield ? [-high, -low] : [low, high]
  const sign = isYield ? -1 : 1
  return {
    n: verdict.canaryCount,
    at: verdict.at,
    difference: sign * difference * 100,
    low: from * 100,
    high: to * 100,
    tolerated: sign * tolerated * 100,
    severe: severe === null ? null : sign * severe * 100,
    interval: pointsInterval(from, to),
    evidence: Math.min(Math.max(logEvidence / Math.LN10, lowest), highest),
    threshold: logThreshold / Math.LN10,
    weighed: evidence(logEvidence, logThreshold),
    verdict: verdict.verdict,
  }
}

function thinned(rows: GateDifference[]): GateDifference[] {
  const step = Math.ceil(rows.length / most)
  const firstStop = rows.findIndex(stops)
  return rows.filter((_, index) => index % step === 0 || index === firstStop || index === rows.length - 1)
}

/** Where they are many they are there for the pointer alone, which a drawing of the server has none of. */
export function points(rows: GateDifference[], { zone }: ChartFrame) {
  const many = rows.length > 60
  return many && zone === 'utc' ? false : { filled: true, color: colours.canary, size: many ? 12 : 34 }
}

export function stops(row: GateDifference): boolean {
  return row.verdict === 'breach' || row.verdict === 'severe'
}
