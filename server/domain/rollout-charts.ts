// The data behind the charts of a rollout's page.
import type { ClosedSpan } from './closed-spans.ts'
import type { DurationBin } from './duration-bins.ts'
import type { FailurePareto } from './failures/pareto.ts'
import type { SortedTrouble } from './failures/station-trouble.ts'
import type { GateMetric } from './gates/gate.ts'
import type { VerdictWord } from './gates/verdict.ts'
import type { Instant } from './instant.ts'
import type { StationCourses } from './station-courses.ts'

export type RolloutCharts = {
  /** The time that is looked at: the whole rollout, or as much of it as was asked for. */
  from: Instant
  to: Instant
  isPart: boolean
  /** Counts of one hour (its start) and arm; hours without runs are absent. */
  hours: {
    hour: Instant
    arm: 'canary' | 'base'
    units: number
    passed: number
    runs: number
    errors: number
    timeouts: number
  }[]
  /** When hours or a freeze kept it from taking stations, by the policy of now. */
  closed: ClosedSpan[]
  /** Stage starts, pauses, resumes, abort and completion, to be drawn as upright lines. */
  marks: { at: Instant; label: string; kind: 'stage' | 'pause' | 'resume' | 'end' }[]
  /** Stored verdicts over time, of gates that compare rates. Differences are fractions of bad rate, positive is worse. */
  differences: {
    at: Instant
    /** The gate's name, unique in the plan. */
    gate: string
    metric: GateMetric
    /** What is counted: "first attempts", "runs". */
    unit: string
    canaryCount: number
    difference: number
    low: number
    high: number
    tolerated: number
    /** From where on it is severe; null where the gate knows no such thing. */
    severe: number | null
    logEvidence: number
    logThreshold: number
    verdict: VerdictWord
  }[]
  /** Durations of passed runs. The next three are null where no chart of them is drawn. */
  durations: DurationBin[] | null
  /** Of the same runs; null without any. */
  medianSeconds: { canary: number | null; base: number | null }
  stations: StationCourses | null
  failures: (FailurePareto & { stationTroubles: SortedTrouble[] }) | null
}
