// The stations of a rollout as people see them.
import type { ArmCounts } from '../db/arm-counts.ts'
import type { Station } from '../db/registry.ts'
import type { LoadedRollout } from '../db/rollout-storage.ts'
import { heardOf, siteHours } from './connections.ts'
import { isOff } from './domain/clock-ahead.ts'
import { type Connection, connectionOf } from './domain/connection.ts'
import type { StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Policy } from './domain/policy.ts'
import type { RolloutState, StationProgress } from './domain/rollout/state.ts'
import type { StationView } from './domain/rollout-view.ts'
import { stageSize } from './domain/stage-size.ts'

type Seeing = {
  /** When the last run of each arrived. */
  runs: ReadonlyMap<StationId, Instant>
  timeLimitMs: number
  policy: Policy
  now: Instant
}

/** In the rollout's order. */
export function stationViews(
  loaded: LoadedRollout,
  stations: Station[],
  counts: ArmCounts[],
  seeing: Seeing,
): StationView[] {
  const byId = new Map(stations.map((station) => [station.id, station]))
  const past = new Map(loaded.pasts.map((each) => [each.stationId, each]))
  const canary = new Map(counts.filter((each) => each.arm === 'canary').map((each) => [each.stationId, each]))
  const { state } = loaded
  const members = state.order.filter((id) => state.stations[id]?.status !== 'left')
  return state.order.flatMap((id) => {
    const station = byId.get(id)
    const progress = state.stations[id]
    if (!station || !progress) return []
    const pastUnits = past.get(id)?.pastUnits ?? 0
    return {
      id,
      name: station.name,
      site: station.site,
      line: station.line,
      status: progress.status,
      stageIndex:
        'stageIndex' in progress
          ? progress.stageIndex
          : stageTaking(state, members.indexOf(id), members.length),
      since: 'since' in progress ? progress.since : null,
      leftBecause: leftBecause(progress),
      connection: seen(station, past.get(id)?.pastGapSeconds ?? null, seeing),
      clockAheadMs: isOff(station.clockAheadMs) ? station.clockAheadMs : null,
      trouble: progress.trouble,
      waived: progress.waived,
      canaryUnits: canary.get(id)?.units ?? 0,
      canaryPassed: canary.get(id)?.passed ?? 0,
      pastUnits,
      pastPassed: pastUnits - (past.get(id)?.pastBad ?? 0),
    }
  })
}

/** By the usual gap that was frozen at the start. */
function seen(
  station: Station,
  gapSeconds: number | null,
  { runs, timeLimitMs, policy, now }: Seeing,
): Connection {
  const usualGapMs = gapSeconds === null ? null : gapSeconds * 1000
  const heard = { ...heardOf(station, runs.get(station.id) ?? null), usualGapMs, timeLimitMs }
  return connectionOf(heard, siteHours(policy, station.site), now)
}

function leftBecause(progress: StationProgress): string | null {
  if (progress.status !== 'left') return null
  const why = progress.why ?? 'unlinked from the procedure'
  return progress.excluded?.exposed ? `${why}; not seen back on base yet` : why
}

function stageTaking(state: RolloutState, position: number, total: number): number {
  const index = state.plan.stages.findIndex(
    (_, stage) => position >= 0 && position < stageSize(state.plan, stage, total),
  )
  return index < 0 ? state.plan.stages.length - 1 : index
}
