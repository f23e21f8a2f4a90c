// What is known of a build beside what was registered: how it came to be, and what became of it.
import type { Actor } from './actor.ts'
import type { BuildStatus } from './build-status.ts'
import type { RolloutId, StationId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { RolloutState } from './rollout/state.ts'

/** A change of its status, oldest first; the first says who registered it. */
export type StatusChange = {
  from: BuildStatus | null
  to: BuildStatus
  at: Instant
  by: Actor
  why: string | null
}

export type RolloutOfBuild = {
  id: RolloutId
  status: RolloutState['status']
  by: Actor
  reason: string | null
  createdAt: Instant
  startedAt: Instant | null
  abort: { at: Instant; by: Actor; why: string } | null
  completedAt: Instant | null
}

/** Runs by outcome. Those beside the old build on the same unit stand apart: they count nowhere. */
export type RunsOfBuild = {
  total: number
  pass: number
  fail: number
  error: number
  timeout: number
  aborted: number
  shadow: number
  lastAt: Instant | null
}

/** The three facts of a station about a build: it is asked to run it, it said that it took it, its latest run was of it. */
export type StationOfBuild = {
  id: StationId
  name: string
  site: string
  line: string
  pinnedSince: Instant | null
  pulledAt: Instant | null
  lastRunAt: Instant | null
}
