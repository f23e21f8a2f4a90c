// The data behind the charts over time and of the gates, as tables.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import { type ChartTable, moment, rounded } from './chart-kind.ts'

export function yieldTable({ hours }: RolloutCharts): ChartTable {
  return {
    columns: ['hour', 'arm', 'first_attempts', 'passed', 'first_pass_yield'],
    rows: hours
      .filter(({ units }) => units > 0)
      .map(({ hour, arm, units, passed }) => [moment(hour), arm, units, passed, rounded(passed / units)]),
  }
}

export function rateTable({ hours }: RolloutCharts): ChartTable {
  return {
    columns: ['hour', 'arm', 'runs', 'errors', 'error_rate', 'timeouts', 'timeout_rate'],
    rows: hours
      .filter(({ runs }) => runs > 0)
      .map(({ hour, arm, runs, errors, timeouts }) => [
        moment(hour),
        arm,
        runs,
        errors,
        rounded(errors / runs),
        timeouts,
        rounded(timeouts / runs),
      ]),
  }
}

/** Differences of the bad rate: positive is worse, whatever the chart shows. */
export function differenceTable({ differences }: RolloutCharts, gate: string): ChartTable {
  return {
    columns: [
      'judged_at',
      'gate',
      'counted',
      'of',
      'difference',
      'low',
      'high',
      'tolerated',
      'severe',
      'verdict',
    ],
    rows: differences
      .filter((each) => each.gate === gate)
      .map((each) => [
        moment(each.at),
        each.gate,
        each.canaryCount,
        each.unit,
        rounded(each.difference),
        rounded(each.low),
        rounded(each.high),
        rounded(each.tolerated),
        each.severe === null ? null : rounded(each.severe),
        each.verdict,
      ]),
  }
}

/** Natural logarithms, as the verdicts keep them: evidence grows without bound. */
export function evidenceTable({ differences }: RolloutCharts, gate: string): ChartTable {
  return {
    columns: ['judged_at', 'gate', 'counted', 'of', 'log_evidence', 'log_threshold', 'verdict'],
    rows: differences
      .filter((each) => each.gate === gate)
      .map((each) => [
        moment(each.at),
        each.gate,
        each.canaryCount,
        each.unit,
        rounded(each.logEvidence),
        rounded(each.logThreshold),
        each.verdict,
      ]),
  }
}

export function failureTable({ failures }: RolloutCharts): ChartTable {
  return {
    columns: [
      'category',
      'mode',
      'new',
      'canary_runs',
      'canary_rate',
      'base_runs',
      'base_rate',
      'beyond_base',
    ],
    rows: (failures?.categories ?? []).flatMap(({ category, modes }) =>
      modes.map(({ mode, isNew, canary, base, excess }) => [
        category,
        mode,
        isNew ? 'yes' : 'no',
        canary.runs,
        canary.rate === null ? null : rounded(canary.rate),
        base.runs,
        base.rate === null ? null : rounded(base.rate),
        excess === null ? null : rounded(excess),
      ]),
    ),
  }
}
