// What is learned from the rollouts of a time, read within bounds.
import type { Database, Db } from '../db/client.ts'
import { exposureCounts, type StoredRollout, toldRollbacks, toldRollouts } from '../db/learning.ts'
import { procedureById } from '../db/registry.ts'
import { historyChoices, rolloutHistory } from '../db/rollout-history.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import { day, type Instant } from './domain/instant.ts'
import { type Learning, learningFrom } from './domain/learning/learning.ts'
import type { ToldRollout } from './domain/learning/told-rollout.ts'
import type { RetestSummary } from './domain/retest-summary.ts'
import { policyOf } from './policy-of.ts'
import type { LearningService } from './service/learning.ts'

type Deps = {
  database: Database
  retests: (id: RolloutId) => Promise<{ summary: RetestSummary } | null>
}

const mostRollouts = 2_000
/**
 * At one go: on 20 stations, and a machine with six times its work, 0.3 s of the embedded database, in which it answers
 * nobody else.
 */
const atOnce = 200
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
      const { stored, leftOut } = await inParts(db, { procedureId, from, to })
      const rollbacks = await toldRollbacks(db, procedureId, from)
      const rollouts = await completed(db, stored, retests)
      const gates = procedureId === null ? [] : (await policyOf(db, procedureId)).gates
      return learningFrom({ rollouts, rollbacks, leftOut }, { from, to }, gates)
    },
    rolloutHistory: async (filter, page) => ({ ...(await rolloutHistory(db, filter, page)), ...page }),
    historyChoices: () => historyChoices(db),
  }
}

/** The last of them, a part at a time. What is begun meanwhile lies after `to`. */
async function inParts(
  db: Db,
  asked: { procedureId: ProcedureId | null; from: Instant; to: Instant },
): Promise<{ stored: StoredRollout[]; leftOut: number }> {
  const stored: StoredRollout[] = []
  for (;;) {
    const { rollouts, total } = await toldRollouts(db, { ...asked, limit: atOnce, offset: stored.length })
    stored.push(...rollouts)
    if (rollouts.length < atOnce || stored.length >= mostRollouts)
      return { stored, leftOut: Math.max(0, total - stored.length) }
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
