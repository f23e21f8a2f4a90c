// One rollout in the history of all of them, and what the history can be asked for.
import type { Actor } from '../actor.ts'
import type { ProcedureId, RolloutId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { RolloutOutcome } from './outcome.ts'

export type HistoryFilter = {
  procedureId: ProcedureId | null
  label: string | null
  site: string | null
  outcome: RolloutOutcome | null
  from: Instant | null
  to: Instant | null
}

export type HistoryRow = {
  id: RolloutId
  procedure: { id: ProcedureId; name: string }
  version: string
  base: string
  labels: string[]
  outcome: RolloutOutcome
  createdAt: Instant
  startedAt: Instant | null
  /** -1 while it waits. */
  stageIndex: number
  stageCount: number
  owner: Actor
  /** The last word: how it ended, or what was decided last. */
  decided: { at: Instant; by: Actor; why: string | null }
  /** Breaches that could stop it. */
  alarms: number
  /** Gates whose breaches those were. */
  alarmedGates: string[]
}
