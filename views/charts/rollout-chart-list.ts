// The charts of a rollout's page: their names, what they say in words, and how they are drawn.
import { readsAsYield } from '../../server/domain/gate-reading.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { count } from '../format/count.ts'
import { instantText } from '../format/instant.ts'
import { percent, points, pointsInterval } from '../format/rate.ts'
import { gateTitle, gateWord } from '../format/words.ts'
import type { ChartKind } from './chart-kind.ts'
import { differenceTable, evidenceTable, failureTable, rateTable, yieldTable } from './chart-tables.ts'
import { unitOf } from './count-axis.ts'
import { durations } from './durations.ts'
import { errorTimeoutRatesChart } from './error-timeout-rates.ts'
import { failureBars, failuresChart } from './failures.ts'
import { firstPassYieldChart } from './first-pass-yield.ts'
import { gateDifferenceChart } from './gate-difference.ts'
import { gateDifferences, gatesOf } from './gate-differences.ts'
import { gateEvidenceChart } from './gate-evidence.ts'
import { bucketName } from './hour-buckets.ts'
import { stationsNow } from './stations-now.ts'

export const rolloutChartList: ChartKind[] = [
  {
    name: 'first-pass-yield',
    ofGate: false,
    title: () => 'First-pass yield over time',
    caption: (charts) =>
      `One point per ${bucketName(charts)} and arm; the larger, the more units. Shaded: paused.${closedWords(charts)}`,
    summary: (charts) =>
      `First-pass yield ${span(charts)}: ${armSummary(charts, 'passed', 'units', 'units')}`,
    spec: firstPassYieldChart,
    table: yieldTable,
  },
  {
    name: 'difference',
    ofGate: true,
    title: (gate) => `Difference: ${gateTitle(gate)}`,
    caption: differenceCaption,
    summary: differenceSummary,
    spec: gateDifferenceChart,
    table: differenceTable,
  },
  {
    name: 'evidence',
    ofGate: true,
    title: (gate) => `Evidence: ${gateTitle(gate)}`,
    caption: () =>
      'Evidence that it is beyond what is tolerated, valid at every look. Dashed: where the gate stops the rollout. Below 1 it speaks for the build.',
    summary: evidenceSummary,
    spec: gateEvidenceChart,
    table: evidenceTable,
  },
  stationsNow,
  {
    name: 'error-timeout-rates',
    ofGate: false,
    title: () => 'Errors and timeouts',
    caption: (charts) => `Share of runs, one point per ${bucketName(charts)} and arm.`,
    summary: (charts) =>
      `Errors and timeouts ${span(charts)}. Errors, ${armSummary(charts, 'errors', 'runs', 'runs')} Timeouts, ${armSummary(charts, 'timeouts', 'runs', 'runs')}`,
    spec: errorTimeoutRatesChart,
    table: rateTable,
  },
  durations,
  {
    name: 'failures',
    ofGate: false,
    title: () => 'Failures by what failed',
    caption: () =>
      'Share of the runs of each arm, what is beyond base first. NEW: no other build has ever failed so.',
    summary: failuresSummary,
    spec: failuresChart,
    table: failureTable,
  },
]

function closedWords({ closed }: RolloutCharts): string {
  return closed.length === 0 ? '' : ' Bar along the foot: hours or a freeze let it take no station.'
}

function span(charts: RolloutCharts): string {
  return `by ${bucketName(charts)} from ${instantText(charts.from)}`
}

function failuresSummary(charts: RolloutCharts): string {
  const bars = failureBars(charts)
  if (bars.length === 0) return 'Failures by what failed: none yet.'
  const canary = bars.filter(({ arm }) => arm === 'canary').slice(0, 5)
  const said = canary.map(({ place, label, counts }) => {
    const base = bars.find((bar) => bar.arm === 'base' && bar.place === place)
    return `${label.replace('\n', ', ')}: ${counts} on canary and ${base?.counts ?? 'none'} on base`
  })
  return `Failures by what failed, what is beyond base first: ${said.join('; ')}.`
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

function differenceCaption(charts: RolloutCharts, gate: string): string {
  const metric = gatesOf(charts).find((each) => each.gate === gate)?.metric ?? 'first-pass yield'
  const worse =
    metric === 'first-pass yield rise'
      ? 'Above the dashed line more pass than is believable.'
      : `${readsAsYield(metric) ? 'Below' : 'Above'} zero is worse.`
  const severe = gateDifferences(charts, gate).some((row) => row.severe !== null)
    ? ' Dotted: from where it is severe.'
    : ''
  return `Canary minus what was expected of these stations. Band: always-valid interval. Dashed: what the gate tolerates; a band wholly beyond it is a breach.${severe} ${worse}`
}

function differenceSummary(charts: RolloutCharts, gate: string): string {
  const last = gateDifferences(charts, gate).at(-1)
  if (!last) return `Difference in ${gateWord(gate)}: no verdict yet.`
  return `Difference in ${gateWord(gate)} after ${count(last.n)} ${unitOf(charts, gate)}: ${points(last.difference / 100)}, always-valid interval ${pointsInterval(last.low / 100, last.high / 100)}.`
}

function evidenceSummary(charts: RolloutCharts, gate: string): string {
  const last = gateDifferences(charts, gate).at(-1)
  if (!last) return `Evidence of ${gateWord(gate)}: no verdict yet.`
  return `Evidence of ${gateWord(gate)} after ${count(last.n)} ${unitOf(charts, gate)}: ${last.weighed}, where it stops the rollout.`
}
