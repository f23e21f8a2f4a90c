// What the current stage has gathered, for its readiness.
import { armCounts } from '../db/arm-counts.ts'
import type { Db } from '../db/client.ts'
import type { StageFacts } from './domain/rollout/readiness.ts'
import type { Running } from './domain/rollout/state.ts'
import type { Verdict } from './domain/gates/verdict.ts'

export async function stageFacts(db: Db, state: Running, verdict: Verdict | null): Promise<StageFacts> {
  const canary = (await armCounts(db, state.procedureId, state.id)).filter(
    (counts) => counts.arm === 'canary',
  )
  return {
    overall: verdict?.overall ?? null,
    canaryFirstAttempts: canary.reduce((sum, counts) => sum + counts.units, 0),
    firstAttemptsByStation: Object.fromEntries(canary.map((counts) => [counts.stationId, counts.units])),
    closedBecause: null,
  }
}
