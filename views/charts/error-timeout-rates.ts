// Error and timeout rates over time, one plot under the other on one clock.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { percent } from '../format/rate.ts'
import { type ChartFrame, type ChartSpec, chartBase, plotWidth } from './chart-frame.ts'
import { emptyChart } from './empty-chart.ts'
import { type Bucket, buckets } from './hour-buckets.ts'
import { type RatePoint, rateLayers } from './rate-layers.ts'
import { labelsHeight, markLayers } from './time-marks.ts'

export function errorTimeoutRatesChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const counted = buckets(charts).filter((bucket) => bucket.runs > 0)
  if (counted.length === 0) return emptyChart(frame, 'No runs yet')
  const plot = { width: plotWidth(frame), height: 105 }
  const errors = rates(counted, 'errors')
  const timeouts = rates(counted, 'timeouts')
  return {
    ...chartBase(frame),
    spacing: 30,
    vconcat: [
      {
        ...plot,
        layer: [
          ...markLayers(charts, frame),
          ...rateLayers(errors, charts, frame, {
            title: 'Error rate',
            above: labelsHeight(charts, frame),
            domain: rateDomain(errors),
            countTitle: 'Runs with an error',
            timeLabels: false,
            brush: true,
          }),
        ],
      },
      {
        ...plot,
        layer: [
          ...markLayers(charts, frame, false),
          ...rateLayers(timeouts, charts, frame, {
            title: 'Timeout rate',
            above: 0,
            domain: rateDomain(timeouts),
            countTitle: 'Runs that timed out',
            timeLabels: true,
            brush: false,
          }),
        ],
      },
    ],
  }
}

function rates(counted: Bucket[], bad: 'errors' | 'timeouts'): RatePoint[] {
  return counted.map((bucket) => ({
    from: bucket.from,
    at: bucket.at,
    arm: bucket.arm,
    rate: bucket[bad] / bucket.runs,
    n: bucket.runs,
    counts: `${bucket[bad]} of ${bucket.runs}`,
    shown: percent(bucket[bad] / bucket.runs),
  }))
}

/** From zero, and never so close that a single error fills the plot. */
function rateDomain(points: RatePoint[]): [number, number] {
  const highest = Math.max(...points.map((point) => point.rate))
  return [0, Math.min(1, Math.max(0.02, highest * 1.15))]
}
