// A build as people see it: its commit and artifact, what it changes, how it tests, and what became of it.
import type { Actor } from './actor.ts'
import type { RolloutOfBuild, RunsOfBuild, StationOfBuild, StatusChange } from './build-record.ts'
import type { ChangesView } from './definition/changes-view.ts'
import type { DeploymentId, ProcedureId, RolloutId } from './ids.ts'
import type { Instant } from './instant.ts'

/** How much is known of the phases and limits of a build: from so many runs, and whether its author declared them. */
type Known = { id: DeploymentId; version: string; runs: number; passes: number; isDeclared: boolean }

export type LogLevel = 'debug' | 'info' | 'warning' | 'error'
export type LoggedLine = { at: Instant; level: LogLevel; message: string }

export type BuildDetail = {
  id: DeploymentId
  procedure: { id: ProcedureId; name: string; zone: string }
  version: string
  commit: {
    sha: string
    message: string
    branch: string | null
    author: string
    /** Null: nobody knows where its code is. */
    url: string | null
  }
  environment: 'production' | 'preview' | 'development'
  status: 'pending' | 'building' | 'ready' | 'failed'
  source: string
  artifact: { url: string | null; sha256: string | null; metadata: Record<string, unknown> }
  labels: string[]
  expectation: string | null
  expectedYieldChange: number | null
  promoted: { by: Actor; at: Instant; from: string; why: string | null } | null
  createdAt: Instant
  /** When it first ran on all stations. */
  completedAt: Instant | null
  isActive: boolean
  notEligible: { why: string; next: string } | null
  push: { rolloutId: RolloutId | null; held: string | null } | null
  statusChanges: StatusChange[]
  rollouts: RolloutOfBuild[]
  runs: RunsOfBuild
  stations: StationOfBuild[]
  /** Against base, or against the build that was asked for. */
  diff: { build: Known; against: Known; shown: ChangesView | null } | { whyNot: string }
  /** Builds that it may be compared with, newest first. */
  others: { id: DeploymentId; version: string }[]
  /** The newest, oldest first. */
  log: LoggedLine[]
  /** Lines that are kept beside those. */
  earlierLines: number
}
