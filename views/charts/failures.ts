// How often each mode of failure happened in each arm, what is beyond base first.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { percent } from '../format/rate.ts'
import { armColour } from './arm-encoding.ts'
import { type ChartFrame, type ChartSpec, chartBase, colours } from './chart-frame.ts'
import { emptyChart } from './empty-chart.ts'

/** More are too thin to be told apart. */
const mostModes = 10
const bandHeight = 40
/** What failed, and under it its category. No name has one: it is of one line. */
const lineBreak = '\n'
const rightOfBars = 84

type Bar = {
  place: number
  label: string
  arm: 'canary' | 'base'
  rate: number
  runs: number
  counts: string
  shown: string
  category: string
}

export function failuresChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const bars = failureBars(charts)
  if (bars.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No failures yet')
  const names = Math.round(Math.min(210, frame.width * 0.4))
  const y = {
    field: 'label',
    type: 'nominal' as const,
    title: null,
    sort: { field: 'place' as const, op: 'min' as const },
    axis: {
      labelLimit: names - 8,
      labelFontSize: 12,
      minExtent: names,
      maxExtent: names,
      grid: false,
      domain: false,
      ticks: false,
    },
    scale: { paddingInner: 0.25 },
  }
  const yOffset = { field: 'arm', type: 'nominal' as const, scale: { domain: ['canary', 'base'] } }
  const most = Math.max(0.001, ...bars.map(({ rate }) => rate))
  const x = {
    field: 'rate',
    type: 'quantitative' as const,
    title: 'Share of runs',
    scale: { domain: [0, most], nice: false },
    axis: { format: most < 0.02 ? '.1%' : '.0%', tickCount: 4, grid: true },
  }
  const { config, ...base } = chartBase(frame)
  return {
    ...base,
    config: { ...config, lineBreak },
    width: frame.width - names - rightOfBars,
    height: (bars.length / 2) * bandHeight,
    data: { values: bars },
    layer: [
      {
        mark: { type: 'bar', strokeWidth: 1.5 },
        encoding: {
          y,
          yOffset,
          x,
          color: armColour,
          stroke: armColour,
          fillOpacity: { condition: { test: "datum.arm === 'canary'", value: 0.9 }, value: 0.15 },
          strokeDash: {
            field: 'arm',
            type: 'nominal',
            title: null,
            scale: {
              domain: ['canary', 'base'],
              range: [
                [1, 0],
                [4, 3],
              ],
            },
          },
          tooltip: [
            { field: 'label', type: 'nominal', title: 'Failure' },
            { field: 'category', type: 'nominal', title: 'Category' },
            { field: 'arm', type: 'nominal', title: 'Arm' },
            { field: 'counts', type: 'nominal', title: 'Runs' },
            { field: 'shown', type: 'nominal', title: 'Share of runs' },
          ],
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 5, color: colours.ink, fontSize: 11 },
        encoding: { y, yOffset, x, text: { field: 'counts', type: 'nominal' } },
      },
    ],
  }
}

/** Two of each mode, base too where it has never shown it: what is missing there is the point. */
export function failureBars({ failures }: RolloutCharts): Bar[] {
  if (failures === null) return []
  const modes = failures.categories
    .flatMap(({ category, modes: all }) => all.map((each) => ({ ...each, category })))
    .sort(
      (a, b) => (b.excess ?? b.canary.runs) - (a.excess ?? a.canary.runs) || b.canary.runs - a.canary.runs,
    )
    .slice(0, mostModes)
  return modes.flatMap((mode, place) =>
    (['canary', 'base'] as const).map((arm) => {
      const { runs, rate } = mode[arm]
      return {
        place,
        label: `${mode.mode ?? 'nothing was said'}${lineBreak}${mode.isNew ? 'NEW, ' : ''}${mode.category}`,
        arm,
        rate: rate ?? 0,
        runs,
        counts: `${runs} of ${failures[arm].runs}`,
        shown: percent(rate),
        category: mode.category,
      }
    }),
  )
}
