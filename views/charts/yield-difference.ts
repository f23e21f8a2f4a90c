// How far the canary's first-pass yield is from what its stations would have had, as the counts grew.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import {
  type ChartFrame,
  type ChartLayers,
  type ChartSpec,
  chartBase,
  colours,
  plotWidth,
} from './chart-frame.ts'
import { emptyChart } from './empty-chart.ts'
import { differenceDomain, type YieldDifference, yieldDifferences } from './yield-differences.ts'

export function yieldDifferenceChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const rows = yieldDifferences(charts)
  if (rows.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No verdict yet')
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 230,
    data: { values: rows },
    layer: [interval(), zero(), tolerated(), difference(rows), ...stop(rows)],
  }

  function interval(): ChartLayers[number] {
    return {
      mark: { type: 'area', color: colours.canary, opacity: 0.2, clip: true },
      encoding: {
        x: {
          field: 'n',
          type: 'quantitative',
          title: 'First attempts counted on the canary stations',
          scale: { zero: true, nice: false },
          axis: { format: '~s', tickMinStep: 1 },
        },
        y: {
          field: 'low',
          type: 'quantitative',
          title: 'Points',
          scale: { domain: differenceDomain(rows), nice: false, zero: false },
          axis: { labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+~r')", titleY: -8 },
        },
        y2: { field: 'high' },
      },
    }
  }
}

function zero(): ChartLayers[number] {
  return {
    data: { values: [{ y: 0 }] },
    mark: { type: 'rule', color: colours.ink, opacity: 0.7 },
    encoding: { y: { field: 'y', type: 'quantitative' } },
  }
}

function tolerated(): ChartLayers[number] {
  return {
    mark: { type: 'line', color: colours.breach, strokeDash: [6, 4], strokeWidth: 1.5, clip: true },
    encoding: {
      x: { field: 'n', type: 'quantitative' },
      y: { field: 'tolerated', type: 'quantitative' },
    },
  }
}

function difference(rows: YieldDifference[]): ChartLayers[number] {
  return {
    mark: {
      type: 'line',
      color: colours.canary,
      strokeWidth: 2,
      clip: true,
      point: { filled: true, color: colours.canary, size: rows.length > 60 ? 12 : 34 },
    },
    encoding: {
      x: { field: 'n', type: 'quantitative' },
      y: { field: 'difference', type: 'quantitative' },
      tooltip: [
        { field: 'n', type: 'quantitative', title: 'First attempts' },
        { field: 'at', type: 'temporal', title: 'Judged', format: '%-d %b %H:%M' },
        { field: 'difference', type: 'quantitative', title: 'Difference in points', format: '+.1f' },
        { field: 'interval', type: 'nominal', title: 'Always-valid interval' },
        { field: 'verdict', type: 'nominal', title: 'Verdict' },
      ],
    },
  }
}

/** The verdict that stopped the rollout, named where it fell. */
function stop(rows: YieldDifference[]): ChartLayers {
  const first = rows.find((row) => row.verdict === 'breach' || row.verdict === 'severe')
  if (!first) return []
  const nearTheEnd = first.n > (rows.at(-1)?.n ?? 0) * 0.8
  return [
    {
      data: { values: [first] },
      mark: { type: 'point', shape: 'diamond', filled: true, color: colours.breach, size: 170 },
      encoding: { x: { field: 'n', type: 'quantitative' }, y: { field: 'difference', type: 'quantitative' } },
    },
    {
      data: { values: [first] },
      mark: {
        type: 'text',
        align: nearTheEnd ? 'right' : 'left',
        dx: nearTheEnd ? -12 : 12,
        dy: -12,
        fontWeight: 'bold',
      },
      encoding: {
        x: { field: 'n', type: 'quantitative' },
        y: { field: 'difference', type: 'quantitative' },
        text: { field: 'verdict', type: 'nominal' },
      },
    },
  ]
}
