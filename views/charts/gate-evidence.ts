// The evidence of one gate as its counts grew, against the line where it stops the rollout.
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
import { evidenceDomain, type GateDifference, gateDifferences, points } from './gate-differences.ts'
import { stopMark } from './stop-mark.ts'

export function gateEvidenceChart(charts: RolloutCharts, frame: ChartFrame, gate: string): ChartSpec {
  const rows = gateDifferences(charts, gate)
  if (rows.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No verdict yet')
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 230,
    data: { values: rows },
    layer: [evidence(charts, gate, rows, frame), nothing(), threshold(), ...stopMark(rows, 'evidence')],
  }
}

function evidence(
  charts: RolloutCharts,
  gate: string,
  rows: GateDifference[],
  frame: ChartFrame,
): ChartLayers[number] {
  return {
    mark: {
      type: 'line',
      color: colours.canary,
      strokeWidth: 2,
      clip: true,
      point: points(rows, frame),
    },
    encoding: {
      x: countAxis(charts, gate),
      y: {
        field: 'evidence',
        type: 'quantitative',
        title: 'Evidence',
        scale: { domain: evidenceDomain(rows), nice: false, zero: false },
        // A scale of logarithms drawn as a plain one: vega's own log axis crowds its labels.
        axis: {
          tickMinStep: 1,
          labelExpr: "format(pow(10, datum.value), datum.value < 0 ? '~r' : '~s')",
          titleY: -8,
        },
      },
      tooltip: [
        { field: 'n', type: 'quantitative', title: 'Counted' },
        { field: 'at', type: 'temporal', title: 'Judged', format: '%-d %b %H:%M' },
        { field: 'weighed', type: 'nominal', title: 'Evidence' },
        { field: 'verdict', type: 'nominal', title: 'Verdict' },
      ],
    },
  }
}

/** Evidence of 1 speaks neither for the build nor against it. */
function nothing(): ChartLayers[number] {
  return {
    data: { values: [{ y: 0 }] },
    mark: { type: 'rule', color: colours.ink, opacity: 0.7 },
    encoding: { y: { field: 'y', type: 'quantitative' } },
  }
}

function threshold(): ChartLayers[number] {
  return {
    mark: { type: 'line', color: colours.breach, strokeDash: [6, 4], strokeWidth: 1.5, clip: true },
    encoding: {
      x: { field: 'n', type: 'quantitative' },
      y: { field: 'threshold', type: 'quantitative' },
    },
  }
}
