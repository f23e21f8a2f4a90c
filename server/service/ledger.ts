// What doors ask of the decision ledger.
import type { RolloutId } from '../domain/ids.ts'
import type { LedgerEntry, RecomputedVerdict } from '../domain/ledger.ts'

export type LedgerService = {
  /**
   * Newest first. `only`: decisions, without what stations did and what was judged between them. `next`: what the page after this one is asked with; null at the end.
   * Null: no such rollout.
   */
  ledger(
    id: RolloutId,
    asked: { after: string | null; limit: number; only?: 'decisions' | undefined },
  ): Promise<{ entries: LedgerEntry[]; next: string | null } | null>
  /** Computes a recorded verdict again, and counts the stored runs again. Null: the rollout has no such verdict. */
  recomputed(id: RolloutId, verdictId: number): Promise<RecomputedVerdict | null>
}
