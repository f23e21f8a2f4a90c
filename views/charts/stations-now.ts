// Stations side by side, each against its own past: do all canary stations move together, or one alone?
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { isOutside, type StationCourse } from '../../server/domain/station-courses.ts'
import { count, counted } from '../format/count.ts'
import { percent, percentInterval } from '../format/rate.ts'
import { armLines } from './arm-encoding.ts'
import { type ChartFrame, type ChartLayers, type ChartSpec, chartBase, colours } from './chart-frame.ts'
import { type ChartKind, type ChartTable, rounded } from './chart-kind.ts'
import { emptyChart } from './empty-chart.ts'

const panelWidth = 112
const gapBetween = 16
const yAxis = 48

export const stationsNow: ChartKind = {
  name: 'stations',
  ofGate: false,
  title: () => 'Build or station? Each against its own past',
  caption: stationsCaption,
  summary: stationsSummary,
  spec: stationsChart,
  table: stationTable,
}

type Point = {
  label: string
  place: number
  arm: string
  n: number
  rate: number
  low: number
  high: number
  past: number
  shown: string
  band: string
}

export function stationsChart(charts: RolloutCharts, frame: ChartFrame): ChartSpec {
  const points = stationPoints(charts)
  if (points.length === 0)
    return emptyChart(frame, charts.hours.length === 0 ? 'No runs yet' : 'No first attempts yet')
  const lowest = Math.min(...points.flatMap(({ rate, low }) => [rate, low]))
  const columns = Math.max(2, Math.floor((frame.width - yAxis) / (panelWidth + gapBetween)))
  const { config, ...base } = chartBase(frame)
  return {
    ...base,
    config: {
      ...config,
      axisY: { domain: false, ticks: false, tickCount: 3 },
      facet: { spacing: gapBetween },
    },
    data: { values: points },
    facet: {
      field: 'label',
      type: 'nominal',
      title: null,
      sort: { field: 'place', op: 'min' },
      header: {
        labelColor: colours.ink,
        labelFontSize: 11,
        labelLimit: panelWidth + gapBetween + 12,
        labelPadding: 3,
      },
    },
    columns,
    spec: { width: panelWidth, height: 70, layer: panel([Math.max(0, Math.floor(lowest * 20) / 20), 1]) },
  }
}

function panel(domain: [number, number]): ChartLayers {
  const x = {
    field: 'n',
    type: 'quantitative',
    title: null,
    scale: { zero: true, nice: false },
    axis: { tickCount: 2, tickMinStep: 1, format: '~s', grid: false, labelFlush: true },
  } as const
  const y = {
    type: 'quantitative',
    title: null,
    scale: { domain, nice: false, zero: false },
    axis: { labelExpr: "format(datum.value * 100, '~r') + '\u{A0}%'" },
  } as const
  const last = 'datum.isLast'
  return [
    {
      mark: { type: 'area', color: colours.ink, opacity: 0.13, clip: true, line: false },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
    },
    {
      mark: { type: 'line', color: colours.ink, opacity: 0.55, strokeWidth: 1, strokeDash: [2, 2] },
      encoding: { x, y: { ...y, field: 'past' } },
    },
    ...armLines.map(({ arm, color, strokeDash }) => ({
      transform: [{ filter: `datum.arm === '${arm}'` }],
      mark: { type: 'line' as const, color, strokeWidth: 2, strokeDash: [...strokeDash], clip: true },
      encoding: { x, y: { ...y, field: 'rate' } },
    })),
    ...armLines.map(({ arm, color }) => ({
      transform: [{ filter: `datum.arm === '${arm}' && ${last}` }],
      mark: {
        type: 'point' as const,
        filled: true,
        color,
        opacity: 1,
        size: 60,
        shape: arm === 'canary' ? 'circle' : 'square',
      },
      encoding: {
        x,
        y: { ...y, field: 'rate' },
        tooltip: [
          { field: 'label', type: 'nominal' as const, title: 'Station' },
          { field: 'shown', type: 'nominal' as const, title: 'Now' },
          { field: 'band', type: 'nominal' as const, title: 'Expected of it' },
        ],
      },
    })),
  ]
}

/** Each from nothing counted, where its past alone speaks. */
export function stationPoints({ stations }: RolloutCharts): (Point & { isLast: boolean })[] {
  const names = labels(stations?.shown ?? [])
  return (stations?.shown ?? []).flatMap((station, place) =>
    station.course.map((at, index) => ({
      label: names[place] ?? '',
      place,
      arm: station.arm,
      n: at.units,
      rate: rounded(at.passed / at.units),
      low: rounded(at.low),
      high: rounded(at.high),
      past: rounded(station.expected),
      shown: `${percent(at.passed / at.units)}, ${at.passed} of ${at.units}`,
      band: `${percent(station.expected)} (${percentInterval(at.low, at.high)})`,
      isLast: index === station.course.length - 1,
    })),
  )
}

/** A name that two stations have is told apart, or their lines would run together. */
function labels(shown: StationCourse[]): string[] {
  const used = new Map<string, number>()
  return shown.map((station) => {
    const label = `${isOutside(station) ? '▲ ' : ''}${station.name}`
    const times = (used.get(label) ?? 0) + 1
    used.set(label, times)
    return times === 1 ? label : `${label} (${station.site}, ${times})`
  })
}

function stationsCaption({ stations }: RolloutCharts): string {
  const left = (stations?.stations ?? 0) - (stations?.shown.length ?? 0)
  const shown =
    left <= 0
      ? 'All with first attempts'
      : `The ${count(stations?.shown.length ?? 0)} furthest from their own past, canary first; ${counted(left, 'station')} more not drawn`
  return `First-pass yield so far over first attempts counted. Shaded: where 95 of 100 such stations would be by their own past (dotted). ▲ outside of it at the last count: ${counted(stations?.outside ?? 0, 'station')} of ${count(stations?.stations ?? 0)}; about one in twenty are by chance. Solid and round: on the new build; dashed and square: on base. ${shown}.`
}

function stationsSummary({ stations }: RolloutCharts): string {
  if (stations === null || stations.shown.length === 0)
    return 'Stations against their own past: no first attempts yet.'
  const said = stations.shown
    .slice(0, 6)
    .map(
      (each) =>
        `${each.name} (${each.arm}) ${percent(each.passed / each.units)} of ${count(each.units)} against ${percent(each.expected)} (${percentInterval(each.low, each.high)})${isOutside(each) ? ', outside' : ''}`,
    )
  return `Stations against their own past, ${count(stations.outside)} of ${count(stations.stations)} outside of what it leads to expect: ${said.join('; ')}.`
}

function stationTable({ stations }: RolloutCharts): ChartTable {
  return {
    columns: [
      ...[
        'station',
        'site',
        'arm',
        'first_attempts',
        'passed',
        'first_pass_yield',
        'own_past_first_attempts',
      ],
      ...['own_past_passed', 'expected_yield', 'expected_low', 'expected_high', 'chance', 'outside'],
    ],
    rows: (stations?.shown ?? []).map((each) => [
      each.name,
      each.site,
      each.arm,
      each.units,
      each.passed,
      rounded(each.passed / each.units),
      each.pastUnits,
      each.pastPassed,
      rounded(each.expected),
      rounded(each.low),
      rounded(each.high),
      rounded(each.chance),
      isOutside(each) ? 'yes' : 'no',
    ]),
  }
}
