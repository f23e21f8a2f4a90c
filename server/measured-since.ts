// Which parts of the time that nobody measured a stage are proven by the runs that have arrived since.
import type { Db } from '../db/client.ts'
import type { StationPast } from '../db/rollout-storage.ts'
import { runsWithin } from '../db/runs-within.ts'
import { measuredSpans } from './domain/rollout/measured.ts'
import { canaryStations, isRunning, type RolloutState } from './domain/rollout/state.ts'
import type { TimeRange } from './domain/time-range.ts'
import { leastPauseMs, longestPauseMs } from './longest-pause.ts'

/** A waived station proves nothing, and nothing is asked of it. */
export async function measuredSince(db: Db, state: RolloutState, pasts: StationPast[]): Promise<TimeRange[]> {
  if (!isRunning(state) || !state.unmeasured) return []
  const { procedureId, deploymentId } = state
  const usualGap = new Map(pasts.map((past) => [past.stationId, past.pastGapSeconds]))
  const asked = canaryStations(state).filter((id) => !state.stations[id]?.waived)
  const spans: TimeRange[] = []
  for (const span of state.unmeasured) {
    const runs = await runsWithin(db, { procedureId, deploymentId, span, leastPauseMs })
    const stations = asked.map((id) => ({
      runs: runs.get(id) ?? null,
      longestPauseMs: longestPauseMs(usualGap.get(id) ?? null),
    }))
    spans.push(...measuredSpans(span, stations))
  }
  return spans
}
