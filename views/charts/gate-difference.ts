// How far the canary stations are from what was expected of them, as the counts of one gate grew.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import {
  type ChartFrame,
  type ChartLayers,
  type ChartSpec,
  chartBase,
  colours,
  plotWidth,
} from './chart-frame.ts'
import { countAxis } from './count-axis.ts'
import { emptyChart } from './empty-chart.ts'
import { differenceDomain, type GateDifference, gateDifferences, points } from './gate-differences.ts'
import { stopMark } from './stop-mark.ts'

export function gateDifferenceChart(charts: RolloutCharts, frame: ChartFrame, gate: string): ChartSpec {
  const rows = gateDifferences(charts, gate)
  if (rows.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No verdict yet')
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 230,
    data: { values: rows },
    layer: [interval(), zero(), ...limits(), difference(rows, frame), ...stopMark(rows, 'difference')],
  }

  function interval(): ChartLayers[number] {
    return {
      mark: { type: 'area', color: colours.canary, opacity: 0.2, clip: true },
      encoding: {
        x: countAxis(charts, gate),
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

/** The margin, beyond which evidence counts, and from where on a breach is severe. */
function limits(): ChartLayers {
  const lines = [
    { field: 'tolerated', strokeDash: [6, 4] },
    { field: 'severe', strokeDash: [2, 3] },
  ]
  return lines.map(({ field, strokeDash }) => ({
    mark: { type: 'line' as const, color: colours.breach, strokeDash, strokeWidth: 1.5, clip: true },
    encoding: {
      x: { field: 'n', type: 'quantitative' as const },
      y: { field, type: 'quantitative' as const },
    },
  }))
}

function difference(rows: GateDifference[], frame: ChartFrame): ChartLayers[number] {
  return {
    mark: {
      type: 'line',
      color: colours.canary,
      strokeWidth: 2,
      clip: true,
      point: points(rows, frame),
    },
    encoding: {
      x: { field: 'n', type: 'quantitative' },
      y: { field: 'difference', type: 'quantitative' },
      tooltip: [
        { field: 'n', type: 'quantitative', title: 'Counted' },
        { field: 'at', type: 'temporal', title: 'Judged', format: '%-d %b %H:%M' },
        { field: 'difference', type: 'quantitative', title: 'Difference in points', format: '+.1f' },
        { field: 'interval', type: 'nominal', title: 'Always-valid interval' },
        { field: 'verdict', type: 'nominal', title: 'Verdict' },
      ],
    },
  }
}
