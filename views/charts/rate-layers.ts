// A rate over time by arm: a line to follow and points as large as their counts.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { armColour, armLines, armShape } from './arm-encoding.ts'
import { type ChartFrame, type ChartLayers, timeFormat, timeTitle } from './chart-frame.ts'
import { timeDomain } from './hour-buckets.ts'

/** `from`: the start of the time counted; `at`: its middle, where the point is drawn. */
export type RatePoint = {
  from: number
  at: number
  arm: 'canary' | 'base'
  rate: number
  n: number
  /** Counts and rate in words, for the tooltip. */
  counts: string
  shown: string
}

type RateAxis = {
  title: string
  /** Height in pixels kept free over the plot, under the title. */
  above: number
  domain: [number, number]
  /** What a point's counts are called in its tooltip. */
  countTitle: string
  timeLabels: boolean
  /** One of the plots on a clock has it: the page's script listens to that. */
  brush: boolean
}

const brush = { name: 'range', select: { type: 'interval' as const, encodings: ['x' as const] } }

export function rateLayers(
  points: RatePoint[],
  charts: RolloutCharts,
  frame: ChartFrame,
  axis: RateAxis,
): ChartLayers {
  // As text: vega's expression interpreter, which pages use, takes a lone number for a year (vega#3632).
  const domain = timeDomain(charts).map((at) => new Date(at).toISOString())
  const x = {
    field: 'at',
    type: 'temporal',
    title: axis.timeLabels ? timeTitle[frame.zone] : null,
    scale: { type: frame.zone === 'utc' ? 'utc' : 'time', domain },
    axis: { format: timeFormat, labels: axis.timeLabels },
  } as const
  const y = {
    field: 'rate',
    type: 'quantitative',
    title: axis.title,
    scale: { domain: axis.domain, nice: false, zero: false },
    axis: { labelExpr: "format(datum.value * 100, '~r') + '\u{A0}%'", titleY: -8 - axis.above },
  } as const
  const byArm = armLines.map((line) => ({
    ...line,
    values: points.filter((point) => point.arm === line.arm),
  }))
  return [
    ...byArm.map(({ values, color, strokeDash }) => ({
      data: { values },
      mark: { type: 'line' as const, opacity: 0.55, strokeWidth: 1.5, color, strokeDash: [...strokeDash] },
      encoding: { x, y },
    })),
    // Arm by arm: what the points of one have alike is then said once in the drawing.
    ...byArm.map(({ arm, values }) => ({
      ...(frame.brush && axis.brush && arm === 'base' ? { params: [brush] } : {}),
      data: { values },
      mark: { type: 'point' as const, filled: true, opacity: 1, fillOpacity: 0.9 },
      encoding: {
        x,
        y,
        color: armColour,
        shape: armShape,
        size: {
          field: 'n',
          type: 'quantitative' as const,
          legend: null,
          scale: { domain: [0, Math.max(1, ...points.map((point) => point.n))], range: [14, 130] },
        },
        tooltip: [
          { field: 'arm', type: 'nominal' as const, title: 'Arm' },
          { field: 'from', type: 'temporal' as const, title: 'From', format: '%-d %b %H:%M' },
          { field: 'shown', type: 'nominal' as const, title: axis.title },
          { field: 'counts', type: 'nominal' as const, title: axis.countTitle },
        ],
      },
    })),
  ]
}
