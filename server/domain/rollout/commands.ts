// What may be asked of a rollout: by people and programs (verbs), by stations (facts), by the gates (judgements).
import type { Actor } from '../actor.ts'
import type { SeenEvidence, Verdict } from '../gates/verdict.ts'
import type { DeploymentId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { TimeRange } from '../time-range.ts'
import type { RolloutEvent } from './events.ts'
import type { HeldChange, Readiness } from './readiness.ts'

/** What the command was issued against, as the button or the caller saw it. */
export type Against = {
  stageIndex?: number | undefined
  deploymentId?: DeploymentId | undefined
  version?: number | undefined
}

export type Verb =
  /** `closed`: why hours or a freeze keep a start from taking its stations now. `readiness`: of the present stage. */
  | { type: 'approve'; closed?: string | null; readiness: Readiness; evidence: SeenEvidence[] }
  | { type: 'advance'; why: string | null; override: boolean; readiness: Readiness; evidence: SeenEvidence[] }
  | {
      type: 'set'
      share: number
      why: string
      override: boolean
      readiness: Readiness
      evidence: SeenEvidence[]
    }
  | { type: 'pause'; why: string }
  | { type: 'resume'; why: string | null }
  | { type: 'abort'; why: string }
  | { type: 'undo'; why: string }
  | { type: 'waive'; stationId: StationId; why: string }
  /** `logEvidence`: what the gate shows at this moment; null when it was not asked anew. */
  | { type: 'acknowledge'; gate: string; why: string; logEvidence: number | null; evidence: SeenEvidence[] }

export type Fact =
  | { type: 'start'; closed?: string | null }
  /** The clock looks at a start that waits. */
  | { type: 'call approvers'; readiness: Readiness }
  | {
      type: 'pickup'
      stationId: StationId
      deploymentId: DeploymentId
      state: 'pulled' | 'running' | 'failed'
      message: string | null
      at: Instant
    }
  /** The station was answered with the pin, at that moment. */
  | { type: 'served'; stationId: StationId; at: Instant }
  | { type: 'run'; stationId: StationId; deploymentId: DeploymentId; startedAt: Instant }
  | { type: 'station stale'; stationId: StationId; detail: string }
  /** Since then nobody has looked at the rollout or, with a reason, nothing was heard of any of its stations. */
  | { type: 'away'; since: Instant; why?: string }
  /** Parts of the unmeasured time in which runs show that every station of the stage tested. */
  | { type: 'measured'; spans: TimeRange[] }
  | { type: 'join'; stationId: StationId }
  | { type: 'leave'; stationId: StationId; why: string }
  /** Held, or in an experiment: while it waits for its stage it is passed over; what it runs it keeps. */
  | { type: 'pass over'; stationId: StationId; why: string }
  /** It leaves, back on base, and counts in neither arm from now on. */
  | { type: 'exclude'; stationId: StationId; why: string }
  | { type: 'supersede'; successor: DeploymentId; why: string }
  | { type: 'judge'; verdict: Verdict; readiness: Readiness; policy: JudgePolicy }
  /** A person's word, and like a fact: units were listed to be tested again, and that moves no rollout. */
  | { type: 'retests'; pairs: number; units: number }
  /** Changes of limits that are neither declared nor accepted, as the runs until now show them. */
  | { type: 'changes'; changes: HeldChange[] }
  /** A person's word, kept with the build: here it is written down. */
  | { type: 'changes accepted'; words: string[]; why: string }
  | { type: 'definition declared' }
  /** After completion: each station against its own past. */
  | { type: 'watch'; verdict: Verdict }

/** What the procedure's policy says at this moment. */
export type JudgePolicy = {
  /** Without it a severe breach pauses, whatever its gate's mode. */
  autoRollback: boolean
  /** Why the rollout is to rest now, outside of the allowed hours; null when it may go on. */
  rests: string | null
  /** How long a breach waits for an answer before the second group is called; null: there is none to call. */
  escalateAfterMs: number | null
}

export type Command = (Verb | Fact) & { by: Actor; against?: Against | undefined }

/** An expected "no", rendered by every door. `next`: what the person can do now. */
export type Refusal = {
  refused: 'stale' | 'terminal' | 'not now' | 'not ready' | 'invalid' | 'not allowed' | 'not found'
  why: string
  next: string
}
export type Decided = { events: RolloutEvent[] } | Refusal

export function isRefusal<Result extends object>(result: Result | Refusal): result is Refusal {
  return 'refused' in result
}
