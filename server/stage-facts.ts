// What the current stage has gathered, for its readiness.
import { armCounts } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import type { Verdict } from './domain/gates/verdict.ts'
import type { Instant } from './domain/instant.ts'
import type { HeldChange, StageFacts } from './domain/rollout/readiness.ts'
import type { Running } from './domain/rollout/state.ts'
import { policyOf } from './policy-of.ts'
import { stageClosed } from './stage-closed.ts'
import { movedStations } from './tofupilot-standing.ts'

/**
 * @param changes of what units are held to, neither declared nor accepted.
 * @param jump the share that a `set` asks for: it takes other stations than the next stage of the plan.
 */
export async function stageFacts(
  db: Db,
  state: Running,
  verdict: Verdict | null,
  now: Instant,
  changes: HeldChange[],
  jump: number | null = null,
): Promise<StageFacts> {
  const canary = (await armCounts(db, state.procedureId, state.id)).filter(
    (counts) => counts.arm === 'canary',
  )
  return {
    overall: verdict?.overall ?? null,
    canaryFirstAttempts: canary.reduce((sum, counts) => sum + counts.units, 0),
    firstAttemptsByStation: Object.fromEntries(canary.map((counts) => [counts.stationId, counts.units])),
    closed: await advanceClosed(db, state, jump, now),
    changes,
  }
}

/** The last stage takes nothing further: it may end at any time, once its stations have what was asked for. */
async function advanceClosed(
  db: Db,
  state: Running,
  jump: number | null,
  now: Instant,
): Promise<StageFacts['closed']> {
  const to = state.stageIndex + 1
  const last = state.plan.stages.at(-1)
  const moved = await movedStations(db, state.procedureId, now)
  if (moved !== null) return { kind: 'backend', why: moved }
  if (to >= state.plan.stages.length || !last) return null
  const stages =
    jump === null || jump >= 1
      ? state.plan.stages
      : [...state.plan.stages.slice(0, to), { ...last, target: { share: jump } }, last]
  const index = jump !== null && jump >= 1 ? stages.length - 1 : to
  const after = { ...state, plan: { ...state.plan, stages } }
  return stageClosed(db, await policyOf(db, state.procedureId), after, index, now)
}
