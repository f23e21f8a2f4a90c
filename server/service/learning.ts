// What is learned from rollouts, and all of them to look through, for every door.

import type { ProcedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import type { HistoryFilter, HistoryRow } from '../domain/learning/history-row.ts'
import type { Learning } from '../domain/learning/learning.ts'

export type HistoryPage = { rows: HistoryRow[]; total: number; offset: number; limit: number }
export type HistoryChoices = {
  procedures: { id: ProcedureId; name: string }[]
  labels: string[]
  sites: string[]
}

export type LearningService = {
  /**
   * Of the rollouts that were created in [from, to), at most the last 2,000. Without a procedure, of all procedures
   * together, and then without proposals. Null when there is no such procedure.
   */
  learning(asked: { procedureId: ProcedureId | null; from: Instant; to: Instant }): Promise<Learning | null>
  /** Newest first. */
  rolloutHistory(filter: HistoryFilter, page: { limit: number; offset: number }): Promise<HistoryPage>
  historyChoices(): Promise<HistoryChoices>
}
