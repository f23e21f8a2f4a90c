// What a replay found, as it is kept.
import type { RolloutId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { RolloutOutcome } from '../learning/outcome.ts'
import type { BacktestReport } from './report.ts'

/** A past rollout: what really happened beside what the asked gates would have decided. */
export type PastDecision = {
  id: RolloutId
  version: string
  startedAt: Instant
  outcome: RolloutOutcome
  /** The first breach that could stop it, and its gates. */
  real: { at: Instant; gates: string[] } | null
  asked: { at: Instant; gates: string[] } | null
  /** On the new build until the asked gates stopped it, or of all there were. */
  firstAttempts: number
}

export type ReplayResult = {
  /** Null, and why: the history is too short, or its build changed too often. */
  report: BacktestReport | null
  noReport: { why: string; next: string } | null
  /** Starts that were to be played, where time was up before. */
  cutFrom: number | null
  stationsLeftOut: number
  runsWithoutBuild: number
  past: PastDecision[]
  /** Past rollouts that were not judged again: too many stations, or too many runs. */
  pastLeftOut: number
  engine: string
}
