// The history of a procedure as people read it: one line for each rollout and each change made without one.
import type { Database } from '../db/client.ts'
import {
  type BuildChange,
  latestBuildChanges,
  latestRollouts,
  type PastRollout,
} from '../db/procedure-history.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import { day, hour, minute } from './domain/instant.ts'
import type { HistoryLine, Service } from './service.ts'

type Deps = { database: Database; pageUrl: (id: RolloutId) => string }

export function histories({ database, pageUrl }: Deps) {
  return {
    async history(procedureId: ProcedureId, limit = 20): Promise<HistoryLine[]> {
      const rollouts = await latestRollouts(database.db, procedureId, limit)
      const changes = await latestBuildChanges(database.db, procedureId, limit)
      const lines = [
        ...rollouts.map((each) => lineOf(each, pageUrl(each.id))),
        ...changes.map((each) => ({ ...each, what: changed(each), rollout: null })),
      ].map(({ at, by, what, why, rollout }) => ({ at, by, what, why, rollout }))
      return lines.toSorted((a, b) => b.at - a.at).slice(0, limit)
    },
  } satisfies Partial<Service>
}

function lineOf(past: PastRollout, url: string): HistoryLine {
  const { id, version, status, owner, reason, startedAt, ended } = past
  const rollout = { id, url, version, status }
  if (ended) return { at: ended.at, by: ended.by, what: endedSo(past, ended), why: ended.why, rollout }
  return { at: startedAt, by: owner, what: goesOn(past), why: reason, rollout }
}

function endedSo(past: PastRollout, ended: { at: number; by: { id: string } }): string {
  const did = past.status === 'completed' ? 'completed' : 'aborted'
  const starter = ended.by.id === past.owner.id ? '' : `; ${past.owner.name} had started it`
  const left = past.status === 'aborting' ? '; its stations are on their way back' : ''
  return `${did} the rollout of ${past.version} after ${lasted(ended.at - past.startedAt)}${starter}${left}`
}

function goesOn({ status, version, stageIndex, stageCount }: PastRollout): string {
  if (status === 'pending') return `asked for a rollout of ${version}; it waits for its start`
  const held = status === 'paused' ? 'paused' : 'now'
  return `started the rollout of ${version}; ${held} in stage ${stageIndex + 1} of ${stageCount}`
}

function changed({ type, version, station }: BuildChange): string {
  if (type === 'Pinned') return `pinned ${version} to ${station ?? 'a station'} alone`
  return type === 'Activated' ? `named ${version} as the active build` : `rolled back to ${version}`
}

/** In the largest unit of which there are two: "90 min", "47 h", "3 days". */
function lasted(ms: number): string {
  if (ms >= 2 * day) return `${Math.round(ms / day)} days`
  return ms >= 2 * hour ? `${Math.round(ms / hour)} h` : `${Math.round(ms / minute)} min`
}
