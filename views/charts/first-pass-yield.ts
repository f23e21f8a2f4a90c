// First-pass yield over time, canary beside base.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { percent } from '../format/rate.ts'
import { type ChartFrame, type ChartSpec, chartBase, plotWidth } from './chart-frame.ts'
import { emptyChart } from './empty-chart.ts'
import { buckets } from './hour-buckets.ts'
import { type RatePoint, rateLayers } from './rate-layers.ts'
import { labelsHeight, markLayers } from './time-marks.ts'

export function firstPassYieldChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const points = firstPassYields(charts)
  if (points.length === 0) return emptyChart(frame, 'No runs yet')
  const lowest = Math.min(...points.map((point) => point.rate))
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 230,
    layer: [
      ...markLayers(charts, frame),
      ...rateLayers(points, charts, frame, {
        title: 'First-pass yield',
        above: labelsHeight(charts, frame),
        domain: [Math.max(0, Math.floor((lowest - 0.01) * 20) / 20), 1],
        countTitle: 'Units passed',
        timeLabels: true,
        brush: true,
      }),
    ],
  }
}

function firstPassYields(charts: RolloutCharts): RatePoint[] {
  return buckets(charts)
    .filter((bucket) => bucket.units > 0)
    .map(({ from, at, arm, units, passed }) => ({
      from,
      at,
      arm,
      rate: passed / units,
      n: units,
      counts: `${passed} of ${units}`,
      shown: percent(passed / units),
    }))
}
