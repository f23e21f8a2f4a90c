// Canary against base for one measure, from the gate's verdict where there is one, else from the plain counts.

import { gateReading } from '../../server/domain/gate-reading.ts'
import { countedMetrics } from '../../server/domain/gates/gate.ts'
import type { GateVerdict, VerdictWord } from '../../server/domain/gates/verdict.ts'
import type { ArmMetrics, RolloutView } from '../../server/domain/rollout-view.ts'
import { type Markup, markup } from './markup.ts'
import { count, interval, percent, points } from './numbers.ts'
import { gateTitle, observes, verdictOrder } from './wording.ts'

export type Comparison = {
  /** The gate's name; without a gate, the metric's. */
  name: string
  observes: boolean
  /** Null without a gate. */
  verdict: VerdictWord | null
  canary: string | null
  reference: string | null
  referenceWord: 'expected' | 'base' | 'limit'
  delta: string | null
  /** Always-valid bounds of the difference, in points. */
  bounds: string | null
  /** What the gate tolerates, where that has to be said. */
  tolerated: string | null
  /** Null where another measure has the same. */
  counts: string | null
  /** With what it was counted on: "98.2 % of 612", "17 of 19"; null while nothing was. */
  canaryOf: string | null
  referenceOf: string | null
}

/** Counts below this stand for themselves: a percentage of so few says more than they do. */
const fewest = 20

/** What every card shows, judged or not. */
const always = ['first-pass yield', 'error rate', 'timeout rate'] as const

/** The standing measures first, then what else is counted: troubled gates before quiet ones. */
export function comparisons(view: RolloutView): Comparison[] {
  const counted = (view.verdict?.gates ?? []).filter(hasCounts)
  const standing = always.map((metric) => ({
    metric,
    gate: counted.find((each) => each.metric === metric),
  }))
  const shown = standing.flatMap(({ gate }) => (gate ? [gate] : []))
  const others = counted.filter((gate) => !shown.includes(gate) && gate !== durationGate(view))
  return [
    ...standing.map(({ metric, gate }) => (gate ? fromGate(gate) : fromArms(metric, view))),
    ...others
      .toSorted((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict))
      .map(fromGate),
  ]
}

/** Of the gates on duration, the first that has counts: it is told with the seconds. */
export function durationGate(view: RolloutView): GateVerdict | undefined {
  return view.verdict?.gates.find((gate) => gate.metric === 'duration' && hasCounts(gate))
}

export function isCounted({ metric }: Pick<GateVerdict, 'metric'>): boolean {
  return countedMetrics.some((counted) => counted === metric)
}

/** "88.3 % vs expected 98.2 % · −9.8 points (−33.6 … −0.4)" with the canary's value in bold. */
export function comparisonField(each: Comparison): Markup {
  const title = fieldTitle(each.name, each.observes)
  const counted = each.counts === null ? '' : `\n${each.counts}`
  if (each.canary === null)
    return markup`${title}\nno canary runs yet${each.reference === null ? '' : `, base ${each.reference}`}${counted}`
  const against = each.reference === null ? markup`` : markup` vs ${each.referenceWord} *${each.reference}*`
  const delta =
    each.delta === null
      ? markup`no difference can be given yet`
      : markup`${each.delta}${each.bounds === null ? '' : ` ${each.bounds}`}`
  const tolerated = each.tolerated === null ? '' : `, ${each.tolerated}`
  return markup`${title}\n*${each.canary}*${against}\n${delta}${tolerated}${counted}`
}

export function fieldTitle(name: string, observed: boolean): Markup {
  return markup`*${gateTitle(name)}*${observed ? ' (observes)' : ''}`
}

/** "n 60 canary / 540 base, 1 station"; a limit has no base. */
function counts(gate: Pick<GateVerdict, 'canary' | 'base' | 'unit'>): string {
  const base = gate.base.n === 0 ? '' : ` / ${gate.base.n} base`
  const unit = plainUnits.has(gate.unit) ? '' : ` ${gate.unit}`
  return `n ${gate.canary.n} canary${base}${unit}, ${count(gate.canary.stations, 'station')}`
}

const plainUnits = new Set(['first attempts', 'runs'])

function hasCounts(gate: GateVerdict): boolean {
  return isCounted(gate) && gate.canary.rate !== null
}

function fromGate(gate: GateVerdict): Comparison {
  const reading = gateReading(gate)
  const absolute = gate.comparison === 'absolute' && reading.tolerated !== null
  const reference = absolute ? reading.tolerated : (reading.expected ?? reading.base)
  const { observed, low, high, margin } = reading
  const plainDelta = observed !== null && reference !== null ? observed - reference : null
  const delta = absolute ? plainDelta : (reading.difference ?? plainDelta)
  const isRise = gate.metric === 'first-pass yield rise'
  const hasBounds = !absolute && low !== null && high !== null
  const isTooFew = !absolute && !hasBounds && gate.canary.n < fewest
  const referenceWord = absolute ? 'limit' : reading.expected === null ? 'base' : 'expected'
  return {
    name: gate.name,
    observes: observes(gate),
    verdict: gate.verdict,
    canary: observed === null ? null : percent(observed),
    reference: reference === null ? null : percent(reference),
    referenceWord,
    delta: delta === null || isTooFew ? null : points(delta),
    bounds: hasBounds ? interval(low, high) : null,
    tolerated: isRise && margin !== null ? `a rise of ${points(margin)} is tolerated` : null,
    counts: isRise ? null : counts(gate),
    canaryOf: rateOf(observed, gate.canary.n),
    referenceOf:
      referenceWord === 'base' || reference === null
        ? rateOf(reference, gate.base.n)
        : `${percent(reference)} ${referenceWord}`,
  }
}

function fromArms(metric: (typeof always)[number], view: RolloutView): Comparison {
  const canary = armRate(metric, view.canaryArm)
  const base = armRate(metric, view.baseArm)
  return {
    name: metric,
    observes: false,
    verdict: null,
    canary: canary.rate === null ? null : percent(canary.rate),
    reference: base.rate === null ? null : percent(base.rate),
    referenceWord: 'base',
    delta:
      canary.rate === null || base.rate === null || canary.n < fewest
        ? null
        : points(canary.rate - base.rate),
    bounds: null,
    tolerated: null,
    counts: `n ${canary.n} canary / ${base.n} base, ${count(view.canaryArm.stations, 'station')}`,
    canaryOf: rateOf(canary.rate, canary.n),
    referenceOf: rateOf(base.rate, base.n),
  }
}

/** The share as people read it, with the count it stands on. */
function rateOf(rate: number | null, n: number): string | null {
  if (rate === null || n === 0) return null
  const whole = n.toLocaleString('en-GB')
  return n < fewest ? `${Math.round(rate * n)} of ${whole}` : `${percent(rate)} of ${whole}`
}

function armRate(metric: (typeof always)[number], arm: ArmMetrics): { rate: number | null; n: number } {
  switch (metric) {
    case 'first-pass yield':
      return { rate: arm.firstPassYield, n: arm.units }
    case 'error rate':
      return { rate: arm.errorRate, n: arm.runs }
    case 'timeout rate':
      return { rate: arm.timeoutRate, n: arm.runs }
  }
}
