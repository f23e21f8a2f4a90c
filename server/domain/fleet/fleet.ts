// The fleet as people see it: each station with each of its procedures, what is wrong first, and how many there are.
import type { BuildProgress } from '../build-progress.ts'
import type { Connection } from '../connection.ts'
import type { DeploymentId, ProcedureId, RolloutId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { AlarmKind } from '../station-alarms/alarm.ts'

type Build = { id: DeploymentId; version: string }

/** What is stored of a station and one of its procedures: desired, pulled and ran are three facts. */
export type FleetFacts = {
  station: { id: StationId; name: string; site: string; line: string }
  /** Null: it is linked to none. */
  procedure: { id: ProcedureId; name: string } | null
  desired: (Build & { since: Instant; servedAt: Instant | null }) | null
  pulled: (Build & { state: 'pulled' | 'running' | 'failed'; message: string | null; at: Instant }) | null
  /** Its latest run of a known build. */
  ran: (Build & { at: Instant }) | null
  /** The last that was heard of it in any way. */
  heardAt: Instant | null
  clockAheadMs: number | null
  /** Why no rollout takes it: held, excluded, in an experiment. */
  aside: string | null
  /** The open ones. */
  alarms: { kind: AlarmKind; since: Instant }[]
  rollout: { id: RolloutId; status: string; station: string } | null
}

/** From the worst on: this is the order of the list. */
export const troubleKinds = [
  'taken back',
  'drifted',
  'reference sample',
  'not back',
  'failed',
  'silent',
  'never seen',
  'clock off',
] as const
export type TroubleKind = (typeof troubleKinds)[number]

export type FleetTrouble = { kind: TroubleKind; since: Instant | null; detail: string | null }

export type FleetRow = FleetFacts & {
  progress: BuildProgress
  /** The worst first; empty: nothing is known to be wrong. */
  troubles: FleetTrouble[]
}

export type FleetFilter = {
  site: string | null
  line: string | null
  procedure: ProcedureId | null
  /** `any`: whatever it is. `aside`: held, excluded, in an experiment. `catching up`: not yet proven on its build. */
  trouble: TroubleKind | 'any' | 'aside' | 'catching up' | null
  /** A part of the name of a station. */
  search: string | null
  /** From 1. */
  page: number
}

export type FleetPlace = {
  site: string
  line: string
  stations: number
  troubled: number
  /** How many stations of it have each kind. */
  kinds: Partial<Record<TroubleKind, number>>
}

export type FleetCounts = {
  stations: number
  troubled: number
  aside: number
  catchingUp: number
  kinds: Partial<Record<TroubleKind, number>>
}

/** How many stations should run a build, acknowledged it last, and ran it last. */
export type RunningBuild = {
  build: Build
  procedure: { id: ProcedureId; name: string }
  desired: number
  pulled: number
  ran: number
}

/** A page of the list, and what is said of all that the filter of places and procedures leaves. */
export type FleetView = {
  filter: FleetFilter
  counts: FleetCounts
  /** Sites and lines, the most troubled first; at most 60. */
  places: FleetPlace[]
  /** By procedure, what most should run first; at most 40. */
  running: RunningBuild[]
  placeCount: number
  rows: (FleetRow & { connection: Connection | null })[]
  pageSize: number
  /** Rows of all pages. */
  total: number
  pageCount: number
  /** What may be asked for. */
  known: { sites: string[]; lines: string[]; procedures: { id: ProcedureId; name: string }[] }
}
