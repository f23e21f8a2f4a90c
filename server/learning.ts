// What is learned from the rollouts of a time, read within bounds.
import type { Database, Db } from '../db/client.ts'
import { exposureCounts, type StoredRollout, toldRollbacks, toldRollouts } from '../db/learning.ts'
import { procedureById } from '../db/registry.ts'
import { historyChoices, rolloutHistory } from '../db/rollout-history.ts'
import type { RolloutId } from './domain/ids.ts'
import { day } from './domain/instant.ts'
import { type Learning, learningFrom } from './domain/learning/learning.ts'
import type { ToldRollout } from './domain/learning/told-rollout.ts'
import type { RetestSummary } from './domain/retest-summary.ts'
import { policyOf } from './policy-of.ts'
import type { LearningService } from './service/learning.ts'

type Deps = {
  database: Database
  retests: (id: RolloutId) => Promise<{ summary: RetestSummary } | null>
}

/** Measured on the embedded database: 2,000 rollouts of 20 stations in half a second. */
const mostRollouts = 2_000
/** The counts until the alarm are summed, and the retests read, for so many of the newest. */
const mostCounted = 200
const mostRetested = 50
/** A breach that came later than this after the first exposure is counted up to here. */
const longestExposure = 31 * day

export function learnings({ database, retests }: Deps): LearningService {
  const { db } = database
  return {
    async learning({ procedureId, from, to }): Promise<Learning | null> {
      if (procedureId !== null && !(await procedureById(db, procedureId))) return null
      const { rollouts: stored, leftOut } = await toldRollouts(db, {
        procedureId,
        from,
        to,
        limit: mostRollouts,
      })
      const rollbacks = await toldRollbacks(db, procedureId, from)
      const rollouts = await completed(db, stored, retests)
      const gates = procedureId === null ? [] : (await policyOf(db, procedureId)).gates
      return learningFrom({ rollouts, rollbacks, leftOut }, { from, to }, gates)
    },
    rolloutHistory: async (filter, page) => ({ ...(await rolloutHistory(db, filter, page)), ...page }),
    historyChoices: () => historyChoices(db),
  }
}

async function completed(db: Db, stored: StoredRollout[], retests: Deps['retests']): Promise<ToldRollout[]> {
  const exposures = new Map(
    (await exposureCounts(db, stored.flatMap(alarmedAfter).slice(0, mostCounted))).map((each) => [
      each.id,
      each,
    ]),
  )
  const evidence = new Map<RolloutId, number>()
  for (const { id } of stored.filter(({ hasRetests }) => hasRetests).slice(0, mostRetested)) {
    const found = await retests(id)
    if (found) evidence.set(id, found.summary.logEvidence)
  }
  return stored.map(({ hasRetests: _, ...rollout }) => ({
    ...rollout,
    pairedLogEvidence: evidence.get(rollout.id) ?? null,
    exposure: exposures.get(rollout.id) ?? null,
  }))
}

/** From the exposure to the first alarm of an aborted rollout. */
function alarmedAfter({ id, events, exposedAt }: StoredRollout) {
  const alarm = events.find((event) => event.type === 'BreachOpened' && event.mode !== 'observe')
  const isAborted = events.some(({ type }) => type === 'RolloutAborted')
  if (!alarm || !isAborted || exposedAt === null || alarm.at <= exposedAt) return []
  return [{ id, from: exposedAt, to: Math.min(alarm.at, exposedAt + longestExposure) }]
}
