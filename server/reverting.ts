// The way back after an abort or a rollback, as people see it.
import type { Db } from '../db/client.ts'
import { procedureById } from '../db/registry.ts'
import { rollbackOf, signsOfWayBack, stationsOnTheirWayBack } from '../db/reverting.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Reverted, type Reverting, revertingOf } from './domain/reverting.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import type { RolloutState } from './domain/rollout/state.ts'

type Build = NonNullable<Reverting['takenBack']>

/** Null while it is not aborted. Which stations had the build, and since when each is back, the record says. */
export async function abortReverting(
  db: Db,
  {
    state,
    events,
    names,
    limitMinutes,
  }: {
    state: RolloutState
    events: RolloutEvent[]
    names: Map<StationId, string>
    limitMinutes: number
  },
  builds: { takenBack: Build; to: Build },
  now: Instant,
): Promise<Reverting | null> {
  if (state.status !== 'aborting' && state.status !== 'aborted') return null
  const { at, by, why } = state.abort
  const had = exposed(state, events)
  const signs = await signsOfWayBack(db, { procedureId: state.procedureId, at, stations: had })
  const stations = had.map((id): Reverted => {
    const progress = state.stations[id]
    const provenAt = progress?.status === 'reverted' ? progress.since : null
    const excused = progress?.status === 'left' ? 'unlinked' : progress?.waived ? 'waived' : null
    return {
      id,
      name: names.get(id) ?? id,
      toldAt: signs.get(id)?.toldAt ?? null,
      pulledAt: signs.get(id)?.pulledAt ?? null,
      provenAt,
      excused: provenAt === null ? excused : null,
      seenAt: signs.get(id)?.seenAt ?? null,
    }
  })
  return revertingOf({ at, by, why, ...builds, limitMinutes }, stations, now)
}

/** Those on their way back or there, and those that were unlinked after the abort. */
function exposed(state: RolloutState, events: RolloutEvent[]): StationId[] {
  const aborted = events.findIndex((event) => event.type === 'RolloutAborted')
  const leftLater = new Set(
    events.flatMap((event, index) =>
      event.type === 'StationLeft' && index > aborted ? [event.stationId] : [],
    ),
  )
  const had = new Set(
    events.flatMap((event) =>
      event.type === 'StationPulled' || event.type === 'StationConfirmed' || event.type === 'StationServed'
        ? [event.stationId]
        : [],
    ),
  )
  return state.order.filter((id) => {
    const status = state.stations[id]?.status
    return status === 'reverting' || status === 'reverted' || (leftLater.has(id) && had.has(id))
  })
}

/** @param id of the rollback; absent: the latest. Null when there is none. */
export async function rollbackReverting(
  db: Db,
  procedureId: ProcedureId,
  now: Instant,
  id: number | null = null,
): Promise<(Reverting & { rollbackId: number; isProven: boolean }) | null> {
  const rollback = await rollbackOf(db, procedureId, id)
  if (!rollback) return null
  const { id: rollbackId, isProven, ...decision } = rollback
  const limitMinutes = (await procedureById(db, procedureId))?.revertLimitMinutes ?? 60
  const stations = await stationsOnTheirWayBack(db, { procedureId, at: rollback.at, rolloutId: null })
  return { ...revertingOf({ ...decision, limitMinutes }, stations, now), rollbackId, isProven }
}
