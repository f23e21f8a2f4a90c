// What the gates are asked: the counts of every station, and the conditions that are no counts.
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { Acceptance, Breach } from '../rollout/state.ts'
import type { RunOutcome } from '../run.ts'
import { noShadowCounts, type ShadowCounts } from '../shadow-summary.ts'
import type { DriftNoise } from './drift-noise.ts'
import type { Gate } from './gate.ts'
import type { Verdict } from './verdict.ts'

/** How many were counted, and how many of them were bad. Base counts are weighted to the canary's shifts: no integers. */
export type MetricCount = { n: number; bad: number }

/** Counts by the key of their counting; a key that is absent counted nothing. */
export type GateStation = {
  id: StationId
  arm: 'canary' | 'base'
  /** On base before the start, frozen. */
  past: Record<string, MetricCount>
  /** Of a canary station since its switch, of a base station since the start; less what the watermark keeps back. */
  since: Record<string, MetricCount>
  /** By how many log-odds another mix of products and shifts than in its past moves what is expected of it. */
  mix: Record<string, number>
}

/** What a station last told of itself; `at` is null when it never sent a heartbeat. */
export type Heartbeat = {
  stationId: StationId
  arm: 'canary' | 'base'
  at: Instant | null
  fields: Record<string, unknown>
}

/** A way of failing that the canary arm has shown, and how often base has, ever. */
export type FailureMode = { mode: string; canaryRuns: number; canaryUnits: number; baseRuns: number }

/** A reference sample tested on the new build in this rollout. Golden is known good, failing known bad. */
export type ReferenceRun = {
  stationId: StationId
  serial: string
  sample: 'golden' | 'failing'
  outcome: RunOutcome
}

/** Runs of a canary station since it was confirmed, and those of them that were of a third build. */
export type BuildsRun = { stationId: StationId; runs: number; third: number }

/** Runs of the two arms' stations in the same recent hours, and in the past window. */
export type Throughput = {
  canaryRuns: number
  baseRuns: number
  canaryPastRuns: number
  basePastRuns: number
}

export type Conditions = {
  heartbeats: Heartbeat[]
  failureModes: FailureMode[]
  references: ReferenceRun[]
  builds: BuildsRun[]
  /** Null while no station of the stage has been live for an hour. */
  throughput: Throughput | null
  /** Units that the new build ran in shadow and base in production. */
  shadowPairs: ShadowCounts
  /** Why no run of any station can be known at this moment; null: runs arrive. */
  unheard: string | null
}

export type GateQuestion = {
  gates: Gate[]
  /** Index of the present stage: gates may act in some stages only. */
  stageIndex: number
  /** Points of yield that the build is declared to change by. */
  expectedYieldChange: number
  stations: GateStation[]
  /** Names of the stations, for what is said of them. */
  names: Partial<Record<StationId, string>>
  conditions: Conditions
  /** Evidence that named people accepted: the gate goes on from there. */
  accepted: Acceptance[]
  /** Breaches that are open: the word stays until the evidence is gone, not only below its line. */
  open: Pick<Breach, 'gate' | 'severity'>[]
  /** First attempts, or runs, that the stage asks for before a pass may be read off the posterior. */
  target: number
  /** `proven`: a pass needs evidence valid at any look, not only a likely one. */
  passes: 'likely' | 'proven'
  /** Canary stations after an advance for each one now: what the error budget is projected by. 1 at the last stage. */
  growth: number
  /** The stage has lasted as long as it may: what is not decided by now is for a person. */
  overdue: boolean
  /** The verdict before: shared drift while base still ran, and since when telemetry fails. */
  previous: Pick<Verdict, 'drift' | 'failing'> | null
  /** Per counting, how much stations wander by themselves; the method's floor where it is not known. */
  driftNoise: DriftNoise
  watermark: Verdict['watermark']
}

export const noConditions: Conditions = {
  heartbeats: [],
  failureModes: [],
  references: [],
  builds: [],
  throughput: null,
  shadowPairs: noShadowCounts,
  unheard: null,
}
