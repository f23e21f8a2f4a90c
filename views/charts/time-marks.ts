// Upright lines for stages and the end, a band for every pause and a bar at the foot for closed hours, behind a time chart.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { type ChartFrame, type ChartLayers, colours, plotWidth } from './chart-frame.ts'
import { timeDomain } from './hour-buckets.ts'

type Mark = RolloutCharts['marks'][number]
type Label = { at: number; label: string; lane: number }

const lanes = 3
const laneHeight = 15
/** An upper estimate at 12 pixels; there is nothing to measure letters with on the server. */
const letterWidth = 7
const gap = 4
const longest = 22

/** `labels`: false leaves the words out, for a second plot under the first. */
export function markLayers(charts: RolloutCharts, frame: ChartFrame, labels = true): ChartLayers {
  const [, to] = timeDomain(charts)
  const at = { field: 'at', type: 'temporal' } as const
  return [
    {
      data: { values: pauses(charts.marks, to) },
      mark: { type: 'rect', color: colours.ink, opacity: 0.09, clip: true },
      encoding: { x: at, x2: { field: 'until' } },
    },
    {
      data: {
        values: charts.closed.map(({ from: begin, to: end, kind }) => ({ at: begin, until: end, kind })),
      },
      mark: { type: 'rect', color: colours.ink, opacity: 0.4, clip: true },
      encoding: {
        x: at,
        x2: { field: 'until' },
        y: { value: { expr: 'height - 6' } },
        y2: { value: { expr: 'height' } },
      },
    },
    {
      data: { values: charts.marks.filter((mark) => mark.kind !== 'resume') },
      mark: { type: 'rule', color: colours.ink, opacity: 0.55, strokeDash: [2, 3], clip: true },
      encoding: { x: at },
    },
    {
      data: { values: labels ? markLabels(charts, frame) : [] },
      mark: { type: 'text', align: 'left', baseline: 'bottom', fontSize: 12 },
      encoding: {
        x: at,
        y: { value: { expr: `-8 - datum.lane * ${laneHeight}` } },
        text: { field: 'label', type: 'nominal' },
      },
    },
  ]
}

/** Pixels that the labels take over the plot. */
export function labelsHeight(charts: RolloutCharts, frame: ChartFrame): number {
  return markLabels(charts, frame).reduce(
    (height, { lane }) => Math.max(height, 4 + (lane + 1) * laneHeight),
    0,
  )
}

/** From each pause to what ended it, or to the end of the chart. */
export function pauses(marks: Mark[], to: number): { at: number; until: number }[] {
  const ordered = [...marks].sort((a, b) => a.at - b.at)
  return ordered.flatMap((mark, index) => {
    if (mark.kind !== 'pause') return []
    const ended = ordered.slice(index + 1).find((later) => later.kind === 'resume' || later.kind === 'end')
    return [{ at: mark.at, until: ended?.at ?? to }]
  })
}

/**
 * Each label in the lowest lane where it runs into no other; without room, none.
 * `at` is where its text begins: right of its line, or left of it at the end of the plot.
 */
export function markLabels(charts: RolloutCharts, frame: ChartFrame): Label[] {
  const [from, to] = timeDomain(charts)
  const width = plotWidth(frame)
  const taken = Array.from({ length: lanes }, () => Number.NEGATIVE_INFINITY)
  return [...charts.marks]
    .filter((mark) => mark.kind !== 'resume' && mark.at >= from && mark.at <= to)
    .sort((a, b) => a.at - b.at)
    .flatMap((mark) => {
      const label = mark.label.length > longest ? `${mark.label.slice(0, longest - 1)}…` : mark.label
      const textWidth = label.length * letterWidth
      const line = ((mark.at - from) / (to - from)) * width
      const left = line + gap + textWidth > width + gap ? line - gap - textWidth : line + gap
      const lane = taken.findIndex((until) => until <= left)
      if (lane < 0) return []
      taken[lane] = left + textWidth + gap
      return [{ at: from + (left / width) * (to - from), label, lane }]
    })
}
