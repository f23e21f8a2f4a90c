// The one chart of a card: the difference of a gate that is in trouble, else first-pass yield over time.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import type { ChartFrame, ChartSpec } from './chart-frame.ts'
import type { ChartKind } from './chart-kind.ts'
import { titled } from './chart-title.ts'
import { gatesOf } from './gate-differences.ts'
import { rolloutChartList } from './rollout-chart-list.ts'

/** `alt`: what it shows and how to read it, for who cannot see it. */
export type CardChart = { spec: ChartSpec; alt: string }

/** Painted 1000 pixels wide, its smallest letters are 26 pixels high: readable on a phone that halves them. */
const frame: ChartFrame = { width: 460, zone: 'utc' }
const plotHeight = 130

/** Null while the new build has tested nothing: a picture of base alone says less than no picture. */
export function cardChart(charts: RolloutCharts): CardChart | null {
  if (charts.hours.every((hour) => hour.arm === 'base' || hour.units === 0)) return null
  const troubled = troubledGate(charts)
  const kind = chartNamed(troubled === null ? 'first-pass-yield' : 'difference')
  const gate = troubled ?? ''
  const title = kind.title(gate)
  const spec: ChartSpec = { ...kind.spec(charts, frame, gate), height: plotHeight }
  return {
    // The axis of yield says what it is; that of a difference says "points" alone.
    spec: troubled === null ? spec : titled(spec, title),
    alt: `${title}. ${kind.summary(charts, gate)} ${kind.caption(charts, gate)} Times in UTC.`,
  }
}

/** The first in the plan whose last verdict is the worst there is; null while none of them is breached. */
function troubledGate(charts: RolloutCharts): string | null {
  const words = new Map(charts.differences.map(({ gate, verdict }) => [gate, verdict]))
  const gates = gatesOf(charts).map(({ gate }) => gate)
  const worst = (['severe', 'breach'] as const).flatMap((word) =>
    gates.filter((gate) => words.get(gate) === word),
  )
  return worst[0] ?? null
}

function chartNamed(name: ChartKind['name']): ChartKind {
  const kind = rolloutChartList.find((each) => each.name === name)
  if (!kind) throw new Error(`expected a chart named ${name} in the list of charts`)
  return kind
}
