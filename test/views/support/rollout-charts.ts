// Chart data as the service would give it: a healthy day of hours, and verdicts on the way.
import { hour } from '../../../server/domain/instant.ts'
import type { RolloutCharts } from '../../../server/domain/rollout-charts.ts'

export const start = Date.UTC(2026, 2, 3, 6)

export const noCharts: RolloutCharts = {
  from: start,
  to: start + hour,
  hours: [],
  marks: [],
  differences: [],
}

type Course = {
  hours: number
  canaryYield: number
  baseYield: number
  marks?: RolloutCharts['marks']
  stopped?: boolean
}

export function rolloutCharts({ hours, canaryYield, baseYield, marks, stopped }: Course): RolloutCharts {
  const random = sequence()
  const tally = (arm: 'canary' | 'base', index: number, rate: number, around: number) => {
    const units = Math.max(1, Math.round(around * (0.6 + 0.8 * random())))
    const failed = Array.from({ length: units }, () => random() > rate).filter(Boolean).length
    const runs = units + failed
    return {
      hour: start + index * hour,
      arm,
      units,
      passed: units - failed,
      runs,
      errors: random() < 0.15 ? 1 : 0,
      timeouts: random() < 0.06 ? 1 : 0,
    }
  }
  return {
    from: start,
    to: start + hours * hour,
    hours: Array.from({ length: hours }, (_, index) => [
      tally('canary', index, canaryYield, 9),
      tally('base', index, baseYield, 60),
    ]).flat(),
    marks: marks ?? [{ at: start, label: 'Stage 1: 1 station', kind: 'stage' }],
    differences: Array.from({ length: hours * 4 }, (_, index) => {
      const n = (index + 1) * 2
      const difference = (baseYield - canaryYield) * (1 - 1 / Math.sqrt(n)) + (random() - 0.5) / n
      const breached = stopped === true && index > hours * 3
      return {
        at: start + index * (hour / 4),
        gate: 'first-pass yield',
        metric: 'first-pass yield' as const,
        unit: 'first attempts',
        canaryCount: n,
        difference,
        low: Math.max(-0.02, difference - 1.4 / Math.sqrt(n)),
        high: Math.min(0.98, difference + 1.7 / Math.sqrt(n)),
        tolerated: 0.002,
        logEvidence: breached ? 4.4 : 2.5 * Math.sin(index / 9) - 1,
        logThreshold: 3.9,
        verdict: breached ? ('severe' as const) : ('wait' as const),
      }
    }),
  }
}

/** The same numbers at every run. */
function sequence(): () => number {
  let state = 7
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** The same courses judged by a second gate, on bad rates. */
export function withErrorRate(charts: RolloutCharts): RolloutCharts {
  const errors = charts.differences.map((each) => ({
    ...each,
    gate: 'error rate',
    metric: 'error rate' as const,
    unit: 'runs',
    difference: each.difference / 4,
    low: each.low / 4,
    high: each.high / 4,
    verdict: 'wait' as const,
  }))
  return {
    ...charts,
    differences: charts.differences.flatMap((each, index) => [each, errors[index] ?? each]),
  }
}
