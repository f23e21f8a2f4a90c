// Canary against base for one measure, from the gate's verdict where there is one, else from the plain counts.
import { type GateMetric, gateMetrics } from '../../server/domain/gates/gate.ts'
import type { ArmMetrics, RolloutView } from '../../server/domain/rollout-view.ts'
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import { type Markup, markup } from './markup.ts'
import { count, interval, percent, points, seconds, signed } from './numbers.ts'

export const metricNames: Record<GateMetric, string> = {
  'first-pass yield': 'First-pass yield',
  'error rate': 'Errors',
  'timeout rate': 'Timeouts',
}

export type Comparison = {
  metric: GateMetric
  canary: string | null
  reference: string | null
  referenceWord: 'expected' | 'base'
  delta: string | null
  /** Always-valid bounds of the difference, in points. */
  bounds: string | null
  counts: string
}

export function comparisons(view: RolloutView): Comparison[] {
  return gateMetrics.map((metric) => {
    const gate = view.verdict?.gates.find((each) => each.metric === metric)
    return gate && gate.canary.rate !== null ? fromGate(gate) : fromArms(metric, view)
  })
}

/** "88.3 % vs expected 98.2 % · −9.8 points (−33.6 … −0.4)" with the canary's value in bold. */
export function comparisonField(each: Comparison): Markup {
  const name = metricNames[each.metric]
  if (each.canary === null)
    return markup`*${name}*\nno canary runs yet${each.reference === null ? '' : `, base ${each.reference}`}\n${each.counts}`
  const against = each.reference === null ? markup`` : markup` vs ${each.referenceWord} *${each.reference}*`
  const delta =
    each.delta === null
      ? markup`no difference can be given yet`
      : markup`${each.delta}${each.bounds === null ? '' : ` ${each.bounds}`}`
  return markup`*${name}*\n*${each.canary}*${against}\n${delta}\n${each.counts}`
}

/** Median seconds of PASS runs: shown, not judged. */
export function durationField(canary: ArmMetrics, base: ArmMetrics): Markup {
  const counts = `n ${canary.passRuns} canary / ${base.passRuns} base PASS runs`
  if (canary.passSeconds === null) return markup`*Duration*\nno canary PASS runs yet\n${counts}`
  if (base.passSeconds === null) return markup`*Duration*\n*${seconds(canary.passSeconds)}*\n${counts}`
  const delta = `${signed(canary.passSeconds - base.passSeconds, 1)}\u00a0s`
  return markup`*Duration*\n*${seconds(canary.passSeconds)}* vs base *${seconds(base.passSeconds)}*\n${delta}, median\n${counts}`
}

/** Gates speak of bad rates, where positive is worse; people read yield, where negative is worse. */
function fromGate(gate: GateVerdict): Comparison {
  const isYield = gate.metric === 'first-pass yield'
  const good = (bad: number | null) => (bad === null ? null : isYield ? 1 - bad : bad)
  const turned = isYield ? -1 : 1
  const expected = good(gate.expectedRate)
  const reference = expected ?? good(gate.base.rate)
  const canary = good(gate.canary.rate)
  const { difference, differenceLow: low, differenceHigh: high } = gate
  const plainDelta = canary !== null && reference !== null ? canary - reference : null
  const delta = difference === null ? plainDelta : difference * turned
  return {
    metric: gate.metric,
    canary: canary === null ? null : percent(canary),
    reference: reference === null ? null : percent(reference),
    referenceWord: expected === null ? 'base' : 'expected',
    delta: delta === null ? null : points(delta),
    bounds: low === null || high === null ? null : isYield ? interval(-high, -low) : interval(low, high),
    counts: counts(gate.canary.n, gate.base.n, gate.canary.stations),
  }
}

function fromArms(metric: GateMetric, view: RolloutView): Comparison {
  const canary = armRate(metric, view.canaryArm)
  const base = armRate(metric, view.baseArm)
  return {
    metric,
    canary: canary.rate === null ? null : percent(canary.rate),
    reference: base.rate === null ? null : percent(base.rate),
    referenceWord: 'base',
    delta: canary.rate === null || base.rate === null ? null : points(canary.rate - base.rate),
    bounds: null,
    counts: counts(canary.n, base.n, view.canaryArm.stations),
  }
}

function armRate(metric: GateMetric, arm: ArmMetrics): { rate: number | null; n: number } {
  switch (metric) {
    case 'first-pass yield':
      return { rate: arm.firstPassYield, n: arm.units }
    case 'error rate':
      return { rate: arm.errorRate, n: arm.runs }
    case 'timeout rate':
      return { rate: arm.timeoutRate, n: arm.runs }
  }
}

function counts(canary: number, base: number, stations: number): string {
  return `n ${canary} canary / ${base} base, ${count(stations, 'station')}`
}
