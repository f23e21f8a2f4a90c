// TofuPilot behind this service: pins go there, runs come from there. Two jobs for each procedure that is linked to it.
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../../../db/client.ts'
import { noteFailing, noteReading, tofupilotLink, tofupilotLinks } from '../../../db/tofupilot-links.ts'
import { pinsOnTheirWay, sendAgain } from '../../../db/tofupilot-pins.ts'
import type { Deliveries } from '../../apply-command.ts'
import type { Builds } from '../../builds.ts'
import type { ProcedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { nextDueAt } from '../../domain/tofupilot/pin-delivery.ts'
import { heardUntil } from '../../domain/tofupilot/reading.ts'
import { isElsewhere } from '../../domain/tofupilot/standing.ts'
import type { Received, Stored } from '../../ingest.ts'
import { liveRollout } from '../../live-rollout.ts'
import type { DeliveryResult, TofupilotJob } from '../../service.ts'
import { standingOf } from '../../tofupilot-standing.ts'
import type { TofupilotClient } from './client.ts'
import { failureOf, type TofupilotFailure } from './failure.ts'
import { lookAtStations } from './look-at-stations.ts'
import { runReader } from './read-runs.ts'
import { pinSender } from './send-pins.ts'
import { syncBuilds } from './sync-builds.ts'
import { syncStations } from './sync-stations.ts'

type Deps = {
  database: Database
  client: TofupilotClient
  builds: Builds
  take: (received: Received[]) => Promise<Stored[]>
  deliveries: Deliveries
  /** Something of the procedure has changed that its rollout should be judged on. */
  changed: (procedureId: ProcedureId) => void
  pollSeconds: number
  now: () => Instant
  log: FastifyBaseLogger
}

export type TofupilotBackend = ReturnType<typeof tofupilotBackend>

export function tofupilotBackend(deps: Deps) {
  const { database, client, deliveries, changed, pollSeconds, now, log } = deps
  const { db } = database
  const sendPins = pinSender(deps)
  const readRuns = runReader(deps)

  /** Stations and builds first: a run is of one of each. */
  async function read(procedureId: ProcedureId): Promise<DeliveryResult> {
    const link = await tofupilotLink(db, procedureId)
    // Nothing is due any more: the procedure was unlinked.
    if (link === null) return { delivered: true }
    const at = now()
    try {
      const listed = await client.stations(link.foreignId)
      await syncStations(deps, procedureId, listed)
      await syncBuilds(deps, link, await listedBuilds(link.foreignId))
      await lookAtStations(deps, link, listed, at)
      await noteReading(db, procedureId, { lookedAt: new Date(at) })
      const isAll = await readRuns(link)
      if (isAll) {
        const until = new Date(heardUntil(now(), pollSeconds * 1000))
        await noteReading(db, procedureId, {
          readAt: new Date(at),
          heardUntil: until,
          failingSince: null,
          error: null,
        })
      }
      await takeBackAgain(procedureId)
      await sendWhatIsLeft(procedureId)
      return { delivered: false, waitSeconds: isAll ? pollSeconds : 1, why: 'it is read again then' }
    } catch (error) {
      const failure = failureOf(error)
      await noteFailing(db, procedureId, failure.message.slice(0, 300), new Date(now()))
      log.warn({ procedureId, why: failure.message }, 'TofuPilot could not be read: it is tried again')
      return { delivered: false, waitSeconds: waitOf(failure), why: failure.message }
    } finally {
      changed(procedureId)
    }
  }

  /** A TofuPilot without this list has its builds registered here by hand, with the names that they have there. */
  async function listedBuilds(foreignId: string) {
    try {
      return await client.deployments(foreignId)
    } catch (error) {
      if (failureOf(error).kind === 'refused') return []
      throw error
    }
  }

  /** Abort wins: a station that was moved while its rollout is taken back is sent back until it stays there. */
  async function takeBackAgain(procedureId: ProcedureId): Promise<void> {
    if ((await liveRollout(db, procedureId))?.status !== 'aborting') return
    const standing = await standingOf(db, procedureId, now())
    const moved = standing?.stations.filter(isElsewhere) ?? []
    await db.transaction((tx) =>
      sendAgain(
        tx,
        procedureId,
        moved.map(({ stationId }) => stationId),
        now(),
      ),
    )
  }

  /** Whatever became of the job that was to send it. */
  async function sendWhatIsLeft(procedureId: ProcedureId): Promise<void> {
    const dueAt = nextDueAt(await pinsOnTheirWay(db, procedureId, now()))
    if (dueAt !== null && dueAt <= now())
      await db.transaction((tx) =>
        deliveries.send(tx, { kind: 'tofupilot pins', procedureId, isUrgent: false }),
      )
  }

  function waitOf({ waitMs }: TofupilotFailure): number {
    return Math.max(pollSeconds, Math.ceil((waitMs ?? 0) / 1000))
  }

  return {
    client,
    carryOut(job: TofupilotJob): Promise<DeliveryResult> {
      return job.kind === 'tofupilot pins' ? sendPins(job.procedureId) : read(job.procedureId)
    },
    /** When the process starts: jobs of linked procedures that are waiting already stay as they are. */
    async begin(): Promise<void> {
      const links = await tofupilotLinks(db)
      for (const { procedureId } of links)
        await db.transaction((tx) => deliveries.send(tx, { kind: 'tofupilot reading', procedureId }))
    },
  }
}
