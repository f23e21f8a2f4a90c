// Shadow pairs of a rollout for every door: its new build in shadow beside base in production, on the same units.
import type { Database, Db } from '../db/client.ts'
import { loadRollout } from '../db/rollout-storage.ts'
import { hasShadowRuns, shadowRuns } from '../db/shadow-runs.ts'
import type { NumberGate } from './domain/paired-numbers.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import { matchedRuns, shadowPairOf } from './domain/shadow-pairs.ts'
import {
  type ShadowCounts,
  type ShadowSummary,
  shadowCounts,
  summaryOfShadow,
} from './domain/shadow-summary.ts'
import type { Service } from './service.ts'

export function shadowPairs({ database }: { database: Database }) {
  return {
    async shadowPairs(id) {
      const loaded = await loadRollout(database.db, id)
      if (!loaded) return null
      const { state } = loaded
      const matched = matchedRuns(await shadowRuns(database.db, state.procedureId, state.id, true))
      const pairs = matched.map((each) => shadowPairOf(each, state.baseDeploymentId))
      return {
        pairs: pairs.sort((a, b) => b.shadow.at - a.shadow.at),
        summary: summaryOfShadow(matched, state.baseDeploymentId, numberGates(state)),
      }
    },
  } satisfies Partial<Service>
}

/** What a gate on shadow pairs is judged on. */
export async function shadowCountsOf(
  tx: Db,
  { procedureId, id, baseDeploymentId }: RolloutState,
): Promise<ShadowCounts> {
  const matched = matchedRuns(await shadowRuns(tx, procedureId, id, false))
  return shadowCounts(matched.map((each) => shadowPairOf(each, baseDeploymentId)))
}

/** Without the numbers that runs report. Null where the new build has never run in shadow. */
export async function shadowSummaryOf(
  db: Db,
  state: RolloutState,
): Promise<Omit<ShadowSummary, 'numbers'> | null> {
  const { procedureId, id, baseDeploymentId } = state
  if (!(await hasShadowRuns(db, procedureId, id))) return null
  const matched = matchedRuns(await shadowRuns(db, procedureId, id, false))
  const { numbers: _, ...summary } = summaryOfShadow(matched, baseDeploymentId, [])
  return summary
}

/** The plan's gates that hold a number of each run against a usual one. */
function numberGates({ plan }: RolloutState): NumberGate[] {
  return plan.gates.flatMap((gate): NumberGate[] => {
    if (gate.metric !== 'custom' || !('shiftRelative' in gate)) return []
    const { name, read, shiftRelative, shiftBy, direction } = gate
    return [{ name, read, shiftRelative, shiftBy, direction }]
  })
}
