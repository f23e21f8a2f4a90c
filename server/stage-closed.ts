// Why hours, a freeze or TofuPilot keep a rollout from taking the stations of a stage. Nothing but taking them waits for it.
import type { Db } from '../db/client.ts'
import { deploymentById, stationsById } from '../db/registry.ts'
import { type Closed, closedBecause } from './domain/closed-because.ts'
import type { Instant } from './domain/instant.ts'
import type { Policy } from './domain/policy.ts'
import { stationsOfStage } from './domain/rollout/decide-staging.ts'
import type { StageFacts } from './domain/rollout/readiness.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { policyOf } from './policy-of.ts'
import { backendRefuses } from './tofupilot-standing.ts'

/** Null when the sites of the stations that the stage would take are open at that moment, and none is frozen. */
export async function stageClosed(
  db: Db,
  policy: Policy,
  state: RolloutState,
  stageIndex: number,
  at: Instant,
): Promise<Closed | null> {
  const stations = await stationsById(db, stationsOfStage(state, stageIndex))
  const sites = [...new Set(stations.map((station) => station.site))].sort()
  return closedBecause(policy, sites, at)
}

/** What keeps a rollout that waits from taking the stations of its first stage; null once it has started. */
export async function startClosed(db: Db, state: RolloutState, at: Instant): Promise<StageFacts['closed']> {
  if (state.status !== 'pending') return null
  const build = await deploymentById(db, state.deploymentId)
  const backend = build && (await backendRefuses(db, build, at))
  if (backend) return { kind: 'backend', why: backend.why }
  return stageClosed(db, await policyOf(db, state.procedureId), state, 0, at)
}
