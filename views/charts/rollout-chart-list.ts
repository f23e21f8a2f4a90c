// The charts of a rollout's page: their names, what they say in words, and how they are drawn.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { count } from '../format/count.ts'
import { instantText } from '../format/instant.ts'
import { percent, points, pointsInterval } from '../format/rate.ts'
import type { ChartFrame, ChartSpec } from './chart-frame.ts'
import { errorTimeoutRatesChart } from './error-timeout-rates.ts'
import { firstPassYieldChart } from './first-pass-yield.ts'
import { bucketName } from './hour-buckets.ts'
import { yieldDifferenceChart } from './yield-difference.ts'
import { yieldDifferences } from './yield-differences.ts'

export type ChartKind = {
  name: 'first-pass-yield' | 'yield-difference' | 'error-timeout-rates'
  title: string
  /** How to read it. */
  caption: (charts: RolloutCharts) => string
  /** What it shows, for who cannot see it. */
  summary: (charts: RolloutCharts) => string
  spec: (charts: RolloutCharts, frame: ChartFrame) => ChartSpec
}

export const rolloutChartList: ChartKind[] = [
  {
    name: 'first-pass-yield',
    title: 'First-pass yield over time',
    caption: (charts) =>
      `One point per ${bucketName(charts)} and arm; the larger, the more units. Shaded: paused.`,
    summary: (charts) =>
      `First-pass yield ${span(charts)}: ${armSummary(charts, 'passed', 'units', 'units')}`,
    spec: firstPassYieldChart,
  },
  {
    name: 'yield-difference',
    title: 'Difference in first-pass yield',
    caption: () =>
      'Canary minus what these stations would yield on base. Band: always-valid interval. Dashed: what the gate tolerates. Below zero is worse.',
    summary: differenceSummary,
    spec: yieldDifferenceChart,
  },
  {
    name: 'error-timeout-rates',
    title: 'Errors and timeouts',
    caption: (charts) => `Share of runs, one point per ${bucketName(charts)} and arm.`,
    summary: (charts) =>
      `Errors and timeouts ${span(charts)}. Errors, ${armSummary(charts, 'errors', 'runs', 'runs')} Timeouts, ${armSummary(charts, 'timeouts', 'runs', 'runs')}`,
    spec: errorTimeoutRatesChart,
  },
]

function span(charts: RolloutCharts): string {
  return `by ${bucketName(charts)} from ${instantText(charts.from)}`
}

type Counted = 'passed' | 'units' | 'runs' | 'errors' | 'timeouts'

function armSummary(charts: RolloutCharts, part: Counted, whole: Counted, noun: string): string {
  const arms = (['canary', 'base'] as const).map((arm) => {
    const hours = charts.hours.filter((hour) => hour.arm === arm)
    const all = hours.reduce((sum, hour) => sum + hour[whole], 0)
    if (all === 0) return `${arm} no ${noun} yet`
    return `${arm} ${percent(hours.reduce((sum, hour) => sum + hour[part], 0) / all)} of ${count(all)} ${noun}`
  })
  return `${arms.join(', ')}.`
}

function differenceSummary(charts: RolloutCharts): string {
  const last = yieldDifferences(charts).at(-1)
  if (!last) return 'Difference in first-pass yield: no verdict yet.'
  return `Difference in first-pass yield after ${count(last.n)} first attempts: ${points(last.difference / 100)}, always-valid interval ${pointsInterval(last.low / 100, last.high / 100)}.`
}
