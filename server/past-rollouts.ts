// Past rollouts for a replay: the runs that their gates saw, and what really happened beside what would have.
import type { Db } from '../db/client.ts'
import type { EndedRolloutRow } from '../db/ended-rollouts.ts'
import { toldRollbacks, toldRollouts } from '../db/learning.ts'
import { readStation } from './backtest-history.ts'
import type { StationHistory } from './domain/backtest/history.ts'
import { neededSince, type PastRollout, type Redecided } from './domain/backtest/redecide.ts'
import type { PastDecision } from './domain/backtest/replay-result.ts'
import type { ProcedureId } from './domain/ids.ts'
import { withOutcomes } from './domain/learning/outcome.ts'

/** Of all past rollouts together: as much as a history. */
const mostRuns = 300_000

/** Hands over one after the other, the newest first, as long as their runs fit. */
export async function pastRuns(
  db: Db,
  procedureId: ProcedureId,
  rollouts: EndedRolloutRow[],
  withMetrics: boolean,
  take: (past: PastRollout) => void,
): Promise<{ leftOut: number }> {
  let fit = mostRuns
  let leftOut = 0
  for (const { version: _, stationCount, stations: ids, ...rollout } of rollouts) {
    const window = { procedureId, from: neededSince(rollout.startedAt), to: rollout.endedAt, withMetrics }
    const stations: StationHistory[] = []
    // A part of the stations would be another rollout.
    let fits = ids.length === stationCount
    for (const id of fits ? ids : []) {
      const read = await readStation(db, window, id, fit)
      if (read === null) {
        fits = false
        break
      }
      fit -= read.runs.length
      stations.push({ id, site: '', line: '', runs: read.runs })
    }
    if (fits) take({ ...rollout, stations })
    else leftOut += 1
  }
  return { leftOut }
}

export async function pastDecisions(
  db: Db,
  procedureId: ProcedureId,
  rollouts: EndedRolloutRow[],
  redecided: Redecided[],
): Promise<PastDecision[]> {
  if (redecided.length === 0) return []
  const since = Math.min(...rollouts.map(({ startedAt }) => startedAt))
  const all = { procedureId, from: 0, to: Number.MAX_SAFE_INTEGER / 1000, limit: 200 }
  const { rollouts: told } = await toldRollouts(db, all)
  const ended = withOutcomes(
    told.map(({ hasRetests: _, ...each }) => ({ ...each, pairedLogEvidence: null, exposure: null })),
    await toldRollbacks(db, procedureId, since),
  )
  return redecided.flatMap((each): PastDecision[] => {
    const row = rollouts.find(({ id }) => id === each.id)
    const real = ended.find(({ id }) => id === each.id)
    if (!row || !real) return []
    const breaches = real.events.filter((event) => event.type === 'BreachOpened' && event.mode !== 'observe')
    const [first] = breaches
    return [
      {
        id: each.id,
        version: row.version,
        startedAt: row.startedAt,
        outcome: real.outcome,
        real:
          first === undefined
            ? null
            : {
                at: first.at,
                gates: breaches.flatMap((event) =>
                  'gate' in event && event.at === first.at ? [event.gate] : [],
                ),
              },
        asked: each.at === null ? null : { at: each.at, gates: each.stoppedBy },
        firstAttempts: each.firstAttempts,
      },
    ]
  })
}
