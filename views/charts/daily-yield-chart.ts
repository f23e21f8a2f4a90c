// First-pass yield by day, a series for each build: points as large as their counts, with Wilson intervals.
import type { DailyYields } from '../../server/domain/daily-counts.ts'
import { type ChartFrame, type ChartSpec, chartBase, plotWidth } from './chart-frame.ts'
import { seriesOf, yieldPoints } from './daily-yields.ts'
import { atNoon, dayAxis, dayMarks, fromFirstDay } from './day-axis.ts'
import { emptyChart } from './empty-chart.ts'
import { seriesLooks } from './series-encoding.ts'

export function dailyYieldChart(all: DailyYields, frame: ChartFrame): ChartSpec {
  const yields = fromFirstDay(all)
  const points = yieldPoints(yields)
  if (points.length === 0) return emptyChart(frame, 'No runs in these weeks')
  const lowest = Math.min(...points.map(({ rate }) => rate))
  const lowestShown = Math.max(0, Math.floor((lowest - 0.02) * 20) / 20)
  const domain: number[] = [lowestShown, 1]
  const x = dayAxis(yields)
  const { color, shape } = seriesLooks(seriesOf(yields.days))
  const y = {
    field: 'rate',
    type: 'quantitative',
    title: 'First-pass yield',
    scale: { domain, nice: false, zero: false },
    axis: { labelExpr: "format(datum.value * 100, '~r') + '\u{A0}%'", titleY: -24 },
  } as const
  const size = {
    field: 'n',
    type: 'quantitative',
    legend: null,
    scale: { domain: [0, Math.max(1, ...points.map(({ n }) => n))], range: [16, 130] },
  } as const
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 220,
    layer: [
      ...dayMarks(yields, frame),
      {
        data: { values: atNoon(points) },
        mark: { type: 'rule', opacity: 0.35, strokeWidth: 2, clip: true },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      {
        data: { values: atNoon(points) },
        mark: { type: 'line', opacity: 0.5, strokeWidth: 1.5 },
        encoding: { x, y, color },
      },
      {
        data: { values: atNoon(points) },
        mark: { type: 'point', filled: true, opacity: 0.95 },
        encoding: {
          x,
          y,
          color,
          shape,
          size,
          tooltip: [
            { field: 'series', type: 'nominal', title: 'Build' },
            {
              field: 'day',
              type: 'temporal',
              title: 'Day',
              format: '%-d %b %Y',
              timeUnit: 'utcyearmonthdate',
            },
            { field: 'shown', type: 'nominal', title: 'First-pass yield' },
            { field: 'interval', type: 'nominal', title: '95 % interval' },
            { field: 'counts', type: 'nominal', title: 'Units passed' },
          ],
        },
      },
    ],
  }
}
