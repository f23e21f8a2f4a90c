// The plots of docs/verdicts.md, as vega-lite specs.
import { type ChartSpec, chartBase, colours, serverFrame } from '../../views/charts/chart-frame.ts'
import { claimedMethods, healthyRollouts } from './experiments/whole-rollouts.ts'
import type { Figure } from './run-experiment.ts'

export type Chart = { readonly file: string; readonly summary: string; readonly spec: ChartSpec }

const usual = 'healthy, 98 %, bias .3, drift .15'
const oneOfTwenty = '1 of 20'
/** The server knows no letter widths and would cut names that fit. */
const namesOnTheLeft = { title: null, labelLimit: 1000, minExtent: 260, maxExtent: 260 }
/** Ours in one colour, the others in another: what matters is the distance between them. */
const ownColour = {
  field: 'isOurs',
  type: 'nominal',
  scale: { domain: [true, false], range: [colours.canary, colours.base] },
  legend: null,
} as const

export function chartsOf(figures: readonly Figure[]): Chart[] {
  return [
    {
      file: 'whole-rollouts.svg',
      summary:
        'Healthy whole rollouts ever stopped: by all our gates together, and by naive tests of the same',
      spec: dots(
        figures
          .filter(({ section, method }) => section === healthyRollouts && claimedMethods.includes(method))
          .map(({ method, column, stopped }) => ({ method, kind: column, percent: 100 * stopped })),
        80,
      ),
    },
    {
      file: 'stopped-by-run.svg',
      summary: 'Share of healthy rollouts stopped by each canary run: the naive tests climb, ours stay low',
      spec: stoppedByRun(figures),
    },
    {
      file: 'false-stops.svg',
      summary:
        'Healthy rollouts stopped by each method at three sizes of station bias, one canary station of 20',
      spec: dots(falseStops(figures), 300),
    },
    {
      file: 'times.svg',
      summary:
        'Rollouts stopped for their times although no build is slower than tolerated, one canary station of 20',
      spec: dots(falseStopsForTimes(figures), 230),
    },
    {
      file: 'detection.svg',
      summary: 'Median canary runs until each method stops a bad build, one canary station of 20',
      spec: detection(figures),
    },
  ]
}

function stoppedByRun(figures: readonly Figure[]): ChartSpec {
  const shown = [
    'ours, α .05',
    'ours, defaults',
    'naive',
    'difference in',
    'GrowthBook',
    'Kayenta Mann–Whitney, f',
  ]
  const values = figures
    .filter(({ section, column }) => section === usual && column === oneOfTwenty)
    .filter(({ method }) => shown.some((start) => method.startsWith(start)))
    .flatMap(({ method, stoppedBy }) =>
      stoppedBy.map(({ runs, share }) => ({ method, runs, percent: 100 * share })),
    )
  return {
    ...chartBase(serverFrame),
    width: 460,
    height: 260,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: { size: 25 } },
        encoding: {
          x: { field: 'runs', type: 'quantitative', title: 'Canary runs looked at' },
          y: {
            field: 'percent',
            type: 'quantitative',
            title: '% of healthy rollouts stopped',
            axis: { titleY: -14 },
          },
          color: {
            field: 'method',
            type: 'nominal',
            sort: null,
            scale: { range: [colours.canary, '#c026d3', colours.breach, '#8a7a00', colours.base, '#2e8b57'] },
            legend: { title: null, columns: 2, labelLimit: 1000 },
          },
        },
      },
      promiseAcross,
    ],
  }
}

type Dot = { readonly method: string; readonly kind: string; readonly percent: number }

function falseStops(figures: readonly Figure[]): Dot[] {
  const sections = [
    { section: 'healthy, 98 %, no bias, no drift', kind: 'no bias' },
    { section: usual, kind: 'bias .3' },
    { section: 'healthy, 98 %, bias .6, drift .15', kind: 'bias .6' },
  ]
  return dotsOf(figures, sections)
}

function falseStopsForTimes(figures: readonly Figure[]): Dot[] {
  const sections = [
    { section: 'times, healthy', kind: 'healthy' },
    { section: 'times +5 %, half of what is tolerated', kind: '+5 %' },
    { section: 'times, healthy, canary gets another product mix', kind: 'another mix' },
  ]
  return dotsOf(figures, sections)
}

function dotsOf(figures: readonly Figure[], sections: readonly { section: string; kind: string }[]): Dot[] {
  return sections.flatMap(({ section, kind }) =>
    figures
      .filter((figure) => figure.section === section && figure.column === oneOfTwenty)
      .map(({ method, stopped }) => ({ method, kind, percent: 100 * stopped })),
  )
}

/** A row for each method, a dot for each kind of rollout. */
function dots(values: readonly Dot[], height: number): ChartSpec {
  return {
    ...chartBase(serverFrame),
    width: 270,
    height,
    layer: [
      {
        data: { values: [...values] },
        mark: { type: 'point', filled: true, size: 70, opacity: 0.9 },
        encoding: {
          x: {
            field: 'percent',
            type: 'quantitative',
            scale: { type: 'sqrt', domain: [0, 100] },
            axis: { values: [1, 5, 10, 20, 40, 60, 80, 100] },
            title: '% of these rollouts stopped (root scale)',
          },
          y: { field: 'method', type: 'nominal', sort: null, axis: namesOnTheLeft },
          color: {
            field: 'kind',
            type: 'nominal',
            sort: null,
            scale: { range: ['#2e8b57', colours.base, colours.breach, '#8a7a00'] },
            legend: { title: null },
          },
          shape: { field: 'kind', type: 'nominal', sort: null, legend: { title: null } },
        },
      },
      promiseUpright,
    ],
  }
}

function detection(figures: readonly Figure[]): ChartSpec {
  const sections = ['98 → 90 %', '95 → 80 %', 'errors 0.5 → 2 %']
  const values = figures
    .filter(({ section, column }) => sections.includes(section) && column === oneOfTwenty)
    .flatMap(({ section, method, medianRuns }) =>
      medianRuns === null ? [] : [{ section, method, runs: medianRuns, isOurs: method.startsWith('ours') }],
    )
  return {
    ...chartBase(serverFrame),
    data: { values },
    facet: {
      row: {
        field: 'section',
        type: 'nominal',
        sort: sections,
        title: null,
        header: { labelOrient: 'top', labelAnchor: 'start', labelColor: colours.ink, labelFontSize: 13 },
      },
    },
    resolve: { scale: { x: 'independent' } },
    spec: {
      width: 270,
      height: 190,
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'runs', type: 'quantitative', title: 'Median canary runs until stopped' },
        y: { field: 'method', type: 'nominal', sort: null, axis: namesOnTheLeft },
        color: ownColour,
      },
    },
  }
}

/** What is promised at an alpha of 5 %. */
const promise = { datum: 5, type: 'quantitative' } as const
const promiseMark = { type: 'rule' as const, strokeDash: [4, 3], color: colours.ink, opacity: 0.7 }
const promiseAcross = { data: { values: [{}] }, mark: promiseMark, encoding: { y: promise } }
const promiseUpright = { data: { values: [{}] }, mark: promiseMark, encoding: { x: promise } }
