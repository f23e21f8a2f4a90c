// A station as people see it: what it was asked to run, took and ran, how it tests, and what was done with it.
import type { Actor } from './actor.ts'
import type { BuildProgress } from './build-progress.ts'
import type { Connection } from './connection.ts'
import type { DeploymentId, ProcedureId, RolloutId, RunId, StationId } from './ids.ts'
import type { Instant } from './instant.ts'
import type { RunOutcome } from './run.ts'
import type { AlarmView } from './station-alarms/alarm.ts'

type Named = { id: ProcedureId; name: string }
type Build = { id: DeploymentId; version: string }

export type PastPin = {
  procedure: Named
  build: Build
  rolloutId: RolloutId | null
  from: Instant
  /** Null: it is in force. */
  to: Instant | null
  /** When the station was first answered with it. */
  servedAt: Instant | null
}

export type PastPickup = {
  procedure: Named
  build: Build
  state: 'pulled' | 'running' | 'failed'
  message: string | null
  at: Instant
}

export type StationRun = {
  id: RunId
  procedure: Named
  serial: string
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  build: Build | null
  sample: 'golden' | 'failing' | 'ignored' | null
  shadow: boolean
  failureMode: string | null
  isFirstAttempt: boolean
}

/** `stageIndex` −1: nobody knows the stage any more. Units are first attempts on the new build. */
export type RolloutOfStation = {
  id: RolloutId
  status: string
  procedure: Named
  build: Build
  /** How far it came: pinned, confirmed, reverted. */
  station: string
  stageIndex: number | null
  startedAt: Instant
  units: number
  passed: number
  runs: number
  errors: number
  pastUnits: number
  pastPassed: number
}

/** What a station runs of one procedure against what it should, and since when it strays. */
export type ProcedureOfStation = Named & {
  zone: string
  active: Build | null
  desired: (Build & { since: Instant; servedAt: Instant | null; rolloutId: RolloutId | null }) | null
  pulled: (Build & { state: 'pulled' | 'running' | 'failed'; message: string | null; at: Instant }) | null
  ran: (Build & { at: Instant; outcome: RunOutcome }) | null
  progress: BuildProgress
  rollout: { id: RolloutId; status: string; station: string } | null
}

/** Its first characters tell keys apart; the key itself is known to nobody but the station. */
export type KeyState = {
  prefix: string
  createdAt: Instant
  lastUsedAt: Instant | null
  /** Null: for as long as nobody changes that. */
  endsAt: Instant | null
  hasEnded: boolean
  why: string | null
}

export type StationRecord = {
  id: StationId
  name: string
  site: string
  line: string
  tags: string[]
  fixtures: string[]
  createdAt: Instant
  connection: Connection
  clockAheadMs: number | null
  held: { reason: string; until: Instant | null } | null
  excluded: { reason: string; until: Instant | null } | null
  experiment: string | null
  telemetry: Record<string, unknown>
  checks: Record<string, unknown>
  procedures: ProcedureOfStation[]
  pins: PastPin[]
  pickups: PastPickup[]
  rollouts: RolloutOfStation[]
  alarms: AlarmView[]
  errors: { at: Instant; code: string | null; message: string }[]
  keys: KeyState[]
  /** What people did with it, newest first. */
  acts: { type: string; by: Actor; why: string | null; at: Instant }[]
  runs: StationRun[]
  /** Runs before this moment are on the next page; null: there are none. */
  runsBefore: Instant | null
}
