// What is known of a procedure that TofuPilot backs: its stations, and whether TofuPilot answers. Null: it is not backed.

import { statusChangesOf } from '../db/builds.ts'
import type { Db } from '../db/client.ts'
import { type Deployment, deploymentsOf } from '../db/registry.ts'
import { foreignBuild, tofupilotLink } from '../db/tofupilot-links.ts'
import { pinsOnTheirWay } from '../db/tofupilot-pins.ts'
import type { ProcedureId, StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { RolloutState } from './domain/rollout/state.ts'
import type { StationFacts } from './domain/station-alarms/station-facts.ts'
import {
  type Backed,
  isElsewhere,
  isSameCommit,
  movedElsewhere,
  startRefused,
  unheard,
  waitingForPins,
} from './domain/tofupilot/standing.ts'

export async function standingOf(db: Db, procedureId: ProcedureId, now: Instant): Promise<Backed | null> {
  const link = await tofupilotLink(db, procedureId)
  if (link === null) return null
  const pins = await pinsOnTheirWay(db, procedureId, now)
  return {
    heardUntil: link.heardUntil?.getTime() ?? null,
    readAt: link.readAt?.getTime() ?? null,
    lookedAt: link.lookedAt?.getTime() ?? null,
    error: link.error,
    stations: pins.map((pin) => ({
      stationId: pin.stationId,
      name: pin.name,
      isAside: pin.isAside,
      isKnown: pin.foreignStation !== null,
      wanted: { id: pin.wanted, version: pin.version, sha: pin.sha, isKnown: pin.foreignBuild !== null },
      taken: pin.taken,
      takenAt: pin.takenAt,
      waitsSince: pin.since,
      error: pin.error,
      found:
        pin.foundSha !== null && pin.foundAt !== null
          ? { sha: pin.foundSha, since: pin.foundSince ?? pin.foundAt, at: pin.foundAt }
          : null,
    })),
  }
}

/** Why the build may not go to stations now; null: nothing there stands against it. */
export async function backendRefuses(db: Db, build: Deployment, now: Instant) {
  const backed = await standingOf(db, build.procedureId, now)
  if (backed === null) return null
  const isKnown = (await foreignBuild(db, build.procedureId, build.id)) !== null
  const { version, commitSha: sha } = build
  const ready = (await statusChangesOf(db, build)).findLast(({ to }) => to === 'ready')
  return startRefused(
    backed,
    { version, sha, isKnown, readySince: ready?.at ?? build.createdAt.getTime() },
    now,
  )
}

/** Why nothing is known of its stations now; null: it is, or TofuPilot does not back it. */
export async function unheardOf(db: Db, procedureId: ProcedureId, now: Instant) {
  const link = await tofupilotLink(db, procedureId)
  if (link === null) return null
  const { readAt, heardUntil, lookedAt, error } = link
  const moment = (at: Date | null) => at?.getTime() ?? null
  const why = unheard(
    { readAt: moment(readAt), heardUntil: moment(heardUntil), lookedAt: moment(lookedAt), error },
    now,
  )
  return why === null ? null : { why, since: readAt?.getTime() ?? link.linkedAt.getTime() }
}

/** Why no further stations may be taken: some are not where they should be. */
export async function movedStations(db: Db, procedureId: ProcedureId, now: Instant): Promise<string | null> {
  const backed = await standingOf(db, procedureId, now)
  return backed && movedElsewhere(backed)
}

/** What a rollout that has begun waits for there, in plain sentences. One that is to begin says so itself. */
export async function backendWaits(
  db: Db,
  { procedureId, status }: Pick<RolloutState, 'procedureId' | 'status'>,
  now: Instant,
): Promise<string[]> {
  if (status === 'pending') return []
  const backed = await standingOf(db, procedureId, now)
  if (backed === null) return []
  const silence = unheard(backed, now)
  return [...(silence === null ? [] : [silence]), ...waitingForPins(backed)]
}

/** Stations that TofuPilot gives another build than the one they are pinned to. */
export async function stationsElsewhere(
  db: Db,
  procedureId: ProcedureId,
  now: Instant,
): Promise<Map<StationId, NonNullable<StationFacts['elsewhere']>>> {
  const backed = await standingOf(db, procedureId, now)
  const moved = backed?.stations.filter(isElsewhere) ?? []
  if (moved.length === 0) return new Map()
  const builds = await deploymentsOf(db, procedureId)
  return new Map(
    moved.flatMap(({ stationId, found }) => {
      if (found === null) return []
      const build = builds.find(({ commitSha }) => isSameCommit(commitSha, found.sha))
      const said = `TofuPilot gives it ${build?.version ?? found.sha.slice(0, 7)}`
      return [[stationId, { said, deploymentId: build?.id ?? null, since: found.since }]]
    }),
  )
}
