// The data behind the charts of a rollout's page.
import type { FailurePareto } from './failures/pareto.ts'
import type { SortedTrouble } from './failures/station-trouble.ts'
import type { GateMetric } from './gates/gate.ts'
import type { VerdictWord } from './gates/verdict.ts'
import type { Instant } from './instant.ts'

export type RolloutCharts = {
  from: Instant
  to: Instant
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
    logEvidence: number
    logThreshold: number
    verdict: VerdictWord
  }[]
  /** Null where no chart of them is drawn. */
  failures: (FailurePareto & { stationTroubles: SortedTrouble[] }) | null
}
