// What the gates of a rollout judge of each station at this moment, as the tallies have it.
import type { Db } from '../db/client.ts'
import { metricPastsOf, talliesAfter, talliesToJudge } from '../db/gate-counts.ts'
import { gateStations } from './domain/gates/gate-counts.ts'
import type { GateStation } from './domain/gates/question.ts'
import type { Instant } from './domain/instant.ts'
import type { RolloutState } from './domain/rollout/state.ts'

/** @param watermark of each arm: what started then or later is not counted yet. */
export async function gateStationsOf(
  tx: Db,
  state: RolloutState,
  watermark: { canary: Instant; base: Instant },
): Promise<GateStation[]> {
  const { procedureId, id } = state
  return gateStations(
    state,
    await metricPastsOf(tx, procedureId, id),
    await talliesToJudge(tx, procedureId, id),
    await talliesAfter(tx, procedureId, id, watermark),
  )
}
