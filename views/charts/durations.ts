// How long passed runs take on the new build and on base, one form over the other.
import { binStart } from '../../server/domain/duration-bins.ts'
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { count } from '../format/count.ts'
import { seconds } from '../format/duration.ts'
import { percent } from '../format/rate.ts'
import { armLines } from './arm-encoding.ts'
import { type ChartFrame, type ChartSpec, chartBase, colours, plotWidth } from './chart-frame.ts'
import { type ChartKind, type ChartTable, rounded } from './chart-kind.ts'
import { emptyChart } from './empty-chart.ts'

const arms = ['canary', 'base'] as const
type Arm = (typeof arms)[number]
type Step = { arm: Arm; from: number; to: number; share: number; runs: number; shown: string; took: string }

/** Steps of the ratio beyond which nothing could be told apart; then neighbours go together. */
const mostSteps = 40

export const durations: ChartKind = {
  name: 'durations',
  ofGate: false,
  title: () => 'Durations of passed runs',
  caption: (charts) =>
    `Share of the passed runs of each arm by how long they took, on a scale of ratios: as far right is as many per cent longer. Upright lines: medians. At most the last 2,000 runs an arm; the ${percent(0.005)} at either end count in the outermost bars.${medians(charts) === '' ? '' : ` ${medians(charts)}`}`,
  summary: (charts) => `Durations of passed runs: ${medians(charts) === '' ? 'none yet' : medians(charts)}`,
  spec: durationsChart,
  table: durationTable,
}

export function durationsChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const steps = durationSteps(charts)
  if (steps.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No passed runs yet')
  const domain = [steps[0]?.from ?? 1, steps.at(-1)?.to ?? 2]
  const x = {
    field: 'from',
    type: 'quantitative',
    title: 'Seconds',
    scale: { type: 'log', nice: false, domain },
    axis: { format: '~r', tickCount: 6, labelOverlap: true },
  } as const
  const y = {
    field: 'share',
    type: 'quantitative',
    title: 'Share of passed runs',
    axis: { labelExpr: "format(datum.value * 100, '~r') + '\u{A0}%'", titleY: -8 },
  } as const
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 190,
    layer: [
      ...armLines.map(({ arm, color, strokeDash }) => ({
        data: { values: steps.filter((step) => step.arm === arm) },
        mark: {
          type: 'rect' as const,
          color,
          stroke: color,
          strokeDash: [...strokeDash],
          strokeWidth: 1.5,
          fillOpacity: arm === 'canary' ? 0.35 : 0.08,
        },
        encoding: {
          x,
          x2: { field: 'to' },
          y,
          y2: { datum: 0 },
          tooltip: [
            { field: 'arm', type: 'nominal' as const, title: 'Arm' },
            { field: 'took', type: 'nominal' as const, title: 'Took' },
            { field: 'runs', type: 'quantitative' as const, title: 'Passed runs' },
            { field: 'shown', type: 'nominal' as const, title: 'Share' },
          ],
        },
      })),
      ...armLines.map(({ arm, color, strokeDash }) => ({
        data: {
          values: arms
            .filter((each) => each === arm)
            .flatMap((each) => charts.medianSeconds[each] ?? [])
            .map((from) => ({ from })),
        },
        mark: { type: 'rule' as const, color, strokeWidth: 2.5, strokeDash: [...strokeDash] },
        encoding: { x },
      })),
      legend(),
    ],
  }
}

/** Of nothing drawn: only so that the arms are named as in the other charts. */
function legend() {
  return {
    data: { values: arms.map((arm) => ({ arm })) },
    mark: { type: 'square' as const, opacity: 0 },
    encoding: {
      color: {
        field: 'arm',
        type: 'nominal' as const,
        title: null,
        scale: { domain: [...arms], range: [colours.canary, colours.base] },
      },
    },
  }
}

/** Bars of one width, those of each arm from short to long; shares of an arm add up to one. */
export function durationSteps({ durations: bins }: RolloutCharts): Step[] {
  if (bins === null || bins.length === 0) return []
  const [low, high] = [quantile(bins, 0.005), quantile(bins, 0.995)]
  const width = Math.max(1, Math.ceil((high - low + 1) / mostSteps))
  const total = new Map(arms.map((arm) => [arm, sum(bins.filter((bin) => bin.arm === arm))]))
  const sums = new Map<string, Step>()
  for (const { arm, bin, runs } of bins) {
    const place = low + Math.floor((Math.min(Math.max(bin, low), high) - low) / width) * width
    const key = `${arm} ${place}`
    const known = sums.get(key)?.runs ?? 0
    const share = (known + runs) / (total.get(arm) ?? 1)
    const [from, to] = [rounded(binStart(place)), rounded(binStart(place + width))]
    const took = `${seconds(from)} to ${seconds(to)}`
    sums.set(key, { arm, from, to, runs: known + runs, share: rounded(share), shown: percent(share), took })
  }
  return [...sums.values()].sort((a, b) => a.from - b.from || a.arm.localeCompare(b.arm))
}

function durationTable({ durations: bins }: RolloutCharts): ChartTable {
  return {
    columns: ['arm', 'from_seconds', 'to_seconds', 'passed_runs'],
    rows: (bins ?? []).map(({ arm, bin, runs }) => [
      arm,
      rounded(binStart(bin)),
      rounded(binStart(bin + 1)),
      runs,
    ]),
  }
}

function medians(charts: RolloutCharts): string {
  const said = arms.flatMap((arm) => {
    const median = charts.medianSeconds[arm]
    const runs = sum((charts.durations ?? []).filter((bin) => bin.arm === arm))
    return median === null ? [] : [`${arm} ${seconds(median)} (${count(runs)} runs)`]
  })
  return said.length === 0 ? '' : `Medians: ${said.join(', ')}.`
}

function quantile(bins: { bin: number; runs: number }[], part: number): number {
  const ordered = [...bins].sort((a, b) => a.bin - b.bin)
  const wanted = sum(ordered) * part
  let below = 0
  for (const { bin, runs } of ordered) {
    below += runs
    if (below >= wanted) return bin
  }
  return ordered.at(-1)?.bin ?? 0
}

function sum(bins: { runs: number }[]): number {
  return bins.reduce((all, { runs }) => all + runs, 0)
}
