// What doors ask of containment lists.
import type { Actor } from '../domain/actor.ts'
import type { ContainedUnit, Containment } from '../domain/containment.ts'
import type { RolloutId, RunId } from '../domain/ids.ts'
import type { Refusal } from '../domain/rollout/commands.ts'

export type ContainmentService = {
  /**
   * `onlyIfAsked`: null where nothing has happened that asks for containment, and nothing is counted then. Null when
   * there is no such rollout.
   */
  containment(id: RolloutId, onlyIfAsked?: boolean): Promise<Containment | null>
  /** By their last verdict, newest first. `next`: what the page after this one is asked with; null at the end. */
  containedUnits(
    id: RolloutId,
    asked: ContainedAsked,
  ): Promise<{ units: ContainedUnit[]; next: RunId | null } | null>
  /** `digest`: of the list that the person saw; refused as stale where it is another one by now. */
  signOffContainment(
    id: RolloutId,
    signed: { note: string; digest: string | null },
    by: Actor,
  ): Promise<{ did: string; containment: Containment } | Refusal>
}

export type ContainedAsked = {
  list: 'escapes' | 'false scrap' | null
  /** Those only that nothing has settled yet. */
  open: boolean
  after: RunId | null
  limit: number
}
