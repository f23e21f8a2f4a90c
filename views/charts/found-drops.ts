// The share of replays that were stopped, by the drop of yield that was in them: at 0 they are false stops.
import type { FoundRow } from '../../server/domain/backtest/found-table.ts'
import { percent } from '../format/rate.ts'
import { type ChartFrame, type ChartSpec, chartBase, plotWidth } from './chart-frame.ts'
import { emptyChart } from './empty-chart.ts'

export function foundDropsChart(rows: FoundRow[], frame: ChartFrame): ChartSpec {
  if (rows.length === 0) return emptyChart(frame, 'Nothing was replayed')
  const canaries = [...new Set(rows.map(({ canary }) => canary))]
  const scale = { domain: canaries, range: canaries.map((_, place) => shades[place % shades.length] ?? '') }
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 230,
    data: { values: rows },
    mark: { type: 'line', strokeWidth: 2, point: { filled: true, size: 60 } },
    encoding: {
      x: {
        field: 'dropPoints',
        type: 'quantitative',
        title: 'Points of first-pass yield taken from the canary',
        scale: { zero: true, nice: false },
        axis: { tickMinStep: 1 },
      },
      y: {
        field: 'share',
        type: 'quantitative',
        title: 'Stopped',
        scale: { domain: [0, 1] },
        axis: { format: '.0%', titleY: -8 },
      },
      color: { field: 'canary', type: 'nominal', title: 'Canary', scale },
      shape: { field: 'canary', type: 'nominal', title: 'Canary', scale: { domain: canaries } },
      strokeDash: { field: 'canary', type: 'nominal', title: 'Canary', scale: { domain: canaries } },
    },
  }
}

/** Told apart by shape and dash as well; each at 3:1 or more on white and on near-black. */
const shades = ['#d97706', '#3b82c4', '#7a8b3a', '#b35fb0', '#5f7f8f', '#d94141']

export function foundDropsSummary(rows: FoundRow[]): string {
  if (rows.length === 0) return 'Nothing was replayed.'
  const said = rows.map(
    ({ canary, dropPoints, share }) => `${canary}, ${dropPoints} points taken: ${percent(share)} stopped`,
  )
  return `Share of replays that were stopped, by the points of yield taken from the canary. ${said.join('; ')}.`
}
