// Chart data as the service would give it: a healthy day of hours, and verdicts on the way.

import { stationId } from '../../../server/domain/ids.ts'
import { hour } from '../../../server/domain/instant.ts'
import type { RolloutCharts } from '../../../server/domain/rollout-charts.ts'
import type { StationCourse, StationCourses } from '../../../server/domain/station-courses.ts'
import { uuid } from '../../support/fixed-values.ts'

export const start = Date.UTC(2026, 2, 3, 6)

const noneOf = { runs: 0, units: 0, stations: 0, rate: 0 }
const mode = (name: string | null, runs: number, isNew = false) => ({
  canary: { runs, units: runs, stations: 1, rate: runs / 64 },
  base: isNew ? noneOf : { runs: 4, units: 4, stations: 3, rate: 4 / 560 },
  excess: runs - (isNew ? 0 : (4 / 560) * 64),
  firstSeenAt: start + hour,
  stations: [{ name: 'FCT-01', runs }],
  action: 'Compare the measurement with base.',
  mode: name,
  isNew,
  example: 'phase power: measurement rail_3v3 out of limits (3.2 to 3.4 V)',
})

/** Twelve of 64 runs on the new build, against eight of 560 on base. */
export const someFailures: NonNullable<RolloutCharts['failures']> = {
  canary: { runs: 64, failed: 12 },
  base: { runs: 560, failed: 8 },
  excess: 12 - (8 / 560) * 64,
  categories: [
    {
      ...mode('', 9),
      category: 'limits',
      modes: [mode('power / rail_3v3', 6, true), mode('rf / tx_power', 3)],
    },
    { ...mode('', 3), category: 'fixture', modes: [mode('<b>pogo</b>', 2, true), mode(null, 1)] },
  ],
  stationTroubles: [
    {
      kind: 'reported',
      arm: 'canary',
      code: 'BUS',
      message: 'GPIB <hangs>',
      times: 4,
      stations: 5,
      names: ['FCT-01', 'FCT-02'],
      firstAt: start,
      lastAt: start + hour,
      category: 'instrument',
      action: 'Check the instrument.',
    },
  ],
}

/** Passed runs of about 40 seconds; the new build takes a step longer. */
const someDurations = (['canary', 'base'] as const).flatMap((arm) =>
  [3, 12, 30, 12, 3].map((runs, place) => ({ arm, bin: (arm === 'canary' ? 42 : 41) + place, runs })),
)

const someMedians = { canary: 47.2, base: 43.4 }

const aCourse = (index: number, arm: 'canary' | 'base', passed: number): StationCourse => ({
  id: stationId.parse(uuid(3, index)),
  name: `FCT-${String(index + 1).padStart(2, '0')}`,
  site: 'Munich',
  pastUnits: 200,
  pastPassed: 196,
  arm,
  units: 40,
  passed,
  expected: 0.98,
  low: 0.9,
  high: 1,
  chance: passed < 36 ? 0.001 : 0.8,
  course: [
    { units: 20, passed: passed - 20, low: 0.85, high: 1 },
    { units: 40, passed, low: 0.9, high: 1 },
  ],
})

/** Three canary stations of which one falls out of its band, and three of base that stay in theirs. */
const someStations: StationCourses = {
  shown: [34, 39, 40]
    .map((passed, index) => aCourse(index, 'canary', passed))
    .concat([39, 40, 39].map((passed, index) => aCourse(index + 3, 'base', passed))),
  stations: 20,
  outside: 1,
}

export const noCharts: RolloutCharts = {
  from: start,
  to: start + hour,
  isPart: false,
  hours: [],
  closed: [],
  marks: [],
  differences: [],
  durations: [],
  medianSeconds: { canary: null, base: null },
  stations: { shown: [], stations: 0, outside: 0 },
  failures: null,
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
    isPart: false,
    closed: [{ from: start + 14 * hour, to: start + 22 * hour, kind: 'window' }],
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
        severe: 0.02,
        logEvidence: breached ? 4.4 : 2.5 * Math.sin(index / 9) - 1,
        logThreshold: 3.9,
        verdict: breached ? ('severe' as const) : ('wait' as const),
      }
    }),
    durations: someDurations,
    medianSeconds: someMedians,
    stations: someStations,
    failures: someFailures,
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
