// A replay as it is kept: what was asked, how far it is, what it found.
import type { Actor } from '../actor.ts'
import type { Instant } from '../instant.ts'
import type { ReplayAsked } from './replay-asked.ts'
import type { ReplayResult } from './replay-result.ts'

export type KeptReplay = {
  id: number
  asked: ReplayAsked
  by: Actor
  startedAt: Instant
  /** From 0 to 1. */
  progress: number
  touchedAt: Instant
  endedAt: Instant | null
  result: ReplayResult | null
  /** Why it has no result. */
  failedWhy: string | null
}

export type Replays = {
  /** The last one that ended, with what it found or why it found nothing. */
  ended: KeptReplay | null
  /** The one under way; null also where its process ended before it did. */
  open: KeptReplay | null
}
