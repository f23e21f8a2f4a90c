// Runs by outcome and day: a row for each outcome, so that the few errors are not lost under the many passes.
import type { DailyCounts, DailyYields } from '../../server/domain/daily-counts.ts'
import { type ChartFrame, type ChartSpec, chartBase, colours, plotWidth } from './chart-frame.ts'
import { atNoon, dayAxis, fromFirstDay } from './day-axis.ts'
import { emptyChart } from './empty-chart.ts'

export const shownOutcomes = ['PASS', 'FAIL', 'ERROR', 'TIMEOUT'] as const
export type OutcomeOfDay = { day: string; outcome: (typeof shownOutcomes)[number]; runs: number }

/** Aborted runs are counted nowhere. */
export function outcomesByDay({ days }: Pick<DailyYields, 'days'>): OutcomeOfDay[] {
  const byDay = [...Map.groupBy(days, ({ day }) => day)]
  const sum = (all: DailyCounts[], of: (day: DailyCounts) => number) =>
    all.reduce((total, day) => total + of(day), 0)
  return byDay.flatMap(([day, all]) => [
    { day, outcome: 'PASS' as const, runs: sum(all, ({ passRuns }) => passRuns) },
    {
      day,
      outcome: 'FAIL' as const,
      runs: sum(all, ({ runs, passRuns, errors, timeouts }) => runs - passRuns - errors - timeouts),
    },
    { day, outcome: 'ERROR' as const, runs: sum(all, ({ errors }) => errors) },
    { day, outcome: 'TIMEOUT' as const, runs: sum(all, ({ timeouts }) => timeouts) },
  ])
}

export function dailyOutcomesChart(all: DailyYields, frame: ChartFrame): ChartSpec {
  const yields = fromFirstDay(all)
  const values = outcomesByDay(yields)
  if (values.length === 0) return emptyChart(frame, 'No runs yet')
  const x = dayAxis(yields)
  const days = (Date.parse(yields.to) - Date.parse(yields.from)) / 86_400_000 + 1
  const row = (outcome: OutcomeOfDay['outcome'], index: number) => ({
    width: plotWidth(frame),
    height: 60,
    data: { values: atNoon(values.filter((value) => value.outcome === outcome)) },
    mark: {
      type: 'bar' as const,
      color: outcome === 'PASS' ? colours.base : colours.canary,
      width: Math.max(2, Math.min(24, (plotWidth(frame) / days) * 0.7)),
    },
    encoding: {
      x: { ...x, title: index === shownOutcomes.length - 1 ? x.title : null },
      y: {
        field: 'runs',
        type: 'quantitative' as const,
        title: outcome,
        axis: { tickCount: 2, format: '~s', tickMinStep: 1, titleY: -14 },
        scale: { domain: [0, mostOf(values, outcome)], nice: true },
      },
      tooltip: [
        {
          field: 'day',
          type: 'temporal' as const,
          title: 'Day',
          format: '%-d %b %Y',
          timeUnit: 'utcyearmonthdate' as const,
        },
        { field: 'runs', type: 'quantitative' as const, title: `${outcome} runs`, format: ',' },
      ],
    },
  })
  return { ...chartBase(frame), spacing: 24, vconcat: shownOutcomes.map(row) }
}

/** At least one: an axis from nothing to nothing has no numbers. */
function mostOf(values: OutcomeOfDay[], outcome: OutcomeOfDay['outcome']): number {
  return Math.max(1, ...values.filter((value) => value.outcome === outcome).map(({ runs }) => runs))
}
