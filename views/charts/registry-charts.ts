// The charts of procedures, stations and builds.
import type { DailyYields } from '../../server/domain/daily-counts.ts'
import { count, counted } from '../format/count.ts'
import { percent } from '../format/rate.ts'
import { rounded } from './chart-kind.ts'
import { dailyOutcomesChart, outcomesByDay, shownOutcomes } from './daily-outcomes-chart.ts'
import { dailyYieldChart } from './daily-yield-chart.ts'
import { seriesOf, yieldPoints } from './daily-yields.ts'
import type { DataChart } from './data-chart.ts'

/**
 * @param shown.name in its address.
 * @param shown.on the procedure, where it is not what the yields are of.
 * @param shown.marked what the upright lines are; null: there are none.
 */
export function yieldChart(
  yields: DailyYields,
  {
    name = 'first-pass-yield',
    on = null,
    marked,
  }: { name?: string; on?: string | null; marked: string | null },
): DataChart {
  const of = on === null ? yields.of : `${yields.of} on ${on}`
  const points = yieldPoints(yields)
  return {
    name,
    title: `First-pass yield by day: ${of}`,
    caption: `One point per day and build; the larger, the more units. Bars: Wilson interval at 95 %, for one look at one day.${marked === null ? '' : ` Dashed: ${marked}.`}`,
    summary: `First-pass yield of ${of} by day from ${yields.from} to ${yields.to}: ${yieldWords(yields)}`,
    spec: (frame) => dailyYieldChart(yields, frame),
    table: {
      columns: ['day', 'build', 'first_attempts', 'passed', 'first_pass_yield', 'low', 'high'],
      rows: points.map(({ day, series, n, passed, rate, low, high }) => [
        day,
        series,
        n,
        passed,
        rounded(rate),
        rounded(low),
        rounded(high),
      ]),
    },
  }
}

export function outcomesChart(yields: DailyYields): DataChart {
  const { of } = yields
  const days = outcomesByDay(yields)
  const totals = shownOutcomes.map((outcome) => {
    const runs = days.filter((each) => each.outcome === outcome).reduce((sum, each) => sum + each.runs, 0)
    return `${count(runs)} ${outcome}`
  })
  return {
    name: 'outcomes',
    title: `Runs by outcome and day: ${of}`,
    caption:
      'A row for each outcome, each with a scale of its own. Retests count; aborted and shadow runs do not.',
    summary: `Runs of ${of} by outcome from ${yields.from} to ${yields.to}: ${days.length === 0 ? 'none' : totals.join(', ')}.`,
    spec: (frame) => dailyOutcomesChart(yields, frame),
    table: {
      columns: ['day', 'outcome', 'runs'],
      rows: days.map(({ day, outcome, runs }) => [day, outcome, runs]),
    },
  }
}

function yieldWords(yields: DailyYields): string {
  const points = yieldPoints(yields)
  if (points.length === 0) return 'no runs.'
  const said = seriesOf(yields.days).map((series) => {
    const own = points.filter((point) => point.series === series)
    const units = own.reduce((sum, { n }) => sum + n, 0)
    const passed = own.reduce((sum, each) => sum + each.passed, 0)
    return `${series} ${percent(passed / units)} of ${counted(units, 'unit')}`
  })
  return `${said.join('; ')}.`
}
