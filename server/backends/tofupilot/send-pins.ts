// Brings what stations are asked to run to TofuPilot: the newest wish of each, and what takes a build back first.
import type { FastifyBaseLogger } from 'fastify'
import type { Database, Db } from '../../../db/client.ts'
import { notePinServed } from '../../../db/pins.ts'
import { tofupilotLink } from '../../../db/tofupilot-links.ts'
import { lockDelivery, type PinOnItsWay, pinsOnTheirWay, saveDelivery } from '../../../db/tofupilot-pins.ts'
import type { ProcedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import {
  asking,
  failed,
  nextDueAt,
  type PinFailure,
  tookIt,
  toSend,
} from '../../domain/tofupilot/pin-delivery.ts'
import type { DeliveryResult } from '../../service.ts'
import type { TofupilotClient } from './client.ts'
import { failureOf, type TofupilotFailure } from './failure.ts'

type Deps = {
  database: Database
  client: TofupilotClient
  now: () => Instant
  log: FastifyBaseLogger
  changed: (procedureId: ProcedureId) => void
}
type Sent = { failure: TofupilotFailure | null }

/** Side by side; after each of these the wishes are read anew, so that an abort waits for no more than one request. */
const atOnce = 4
/** A job that goes on for longer is taken for dead. */
const mostRounds = 100

export function pinSender({ database, client, now, log, changed }: Deps) {
  const { db } = database

  /** Sends until nothing is due. What failed for now says how long to wait; a repeat is harmless. */
  return async function sendPins(procedureId: ProcedureId): Promise<DeliveryResult> {
    const link = await tofupilotLink(db, procedureId)
    if (link === null) return { delivered: true }
    for (let round = 0; round < mostRounds; round++) {
      const at = now()
      const all = await pinsOnTheirWay(db, procedureId, at)
      const due = toSend(all, at).slice(0, atOnce)
      if (due.length === 0) return later(nextDueAt(all), at)
      const sent = isOneRollback(all, due)
        ? await rollBackAll(procedureId, link.foreignId, all)
        : await Promise.all(due.map((pin) => sendOne(procedureId, pin)))
      changed(procedureId)
      const away = sent.find(({ failure }) => failure !== null && failure.kind !== 'refused')?.failure
      if (away) return { delivered: false, waitSeconds: waitSeconds(away), why: away.message }
    }
    return { delivered: false, waitSeconds: 1, why: 'there are more pins to send' }
  }

  async function sendOne(procedureId: ProcedureId, { stationId }: PinOnItsWay): Promise<Sent> {
    const pin = await begin(procedureId, stationId)
    if (pin === null) return { failure: null }
    const { foreignStation, foreignBuild } = pin
    if (foreignStation === null || foreignBuild === null) {
      const what = foreignStation === null ? 'station' : `deployment that is ${pin.version}`
      await end(procedureId, pin, { arrived: 'no', why: `it has no such ${what}`, waitMs: unknownMs })
      return { failure: null }
    }
    try {
      await client.pin(foreignStation, foreignBuild)
      await end(procedureId, pin, null)
      return { failure: null }
    } catch (error) {
      const failure = failureOf(error)
      log.warn(
        { procedureId, stationId, why: failure.message },
        'TofuPilot did not take a pin: it is sent again',
      )
      await end(procedureId, pin, pinFailure(failure))
      return { failure }
    }
  }

  /** The one request that TofuPilot has for this: it stops its own pushes as well. */
  async function rollBackAll(
    procedureId: ProcedureId,
    foreignProcedure: string,
    all: PinOnItsWay[],
  ): Promise<Sent[]> {
    const begun = (await Promise.all(all.map(({ stationId }) => begin(procedureId, stationId)))).filter(
      (pin) => pin !== null,
    )
    const foreignBuild = begun[0]?.foreignBuild
    if (!foreignBuild) return [{ failure: null }]
    try {
      await client.rollBack(foreignProcedure, foreignBuild)
      for (const pin of begun) await end(procedureId, pin, null)
      return [{ failure: null }]
    } catch (error) {
      const failure = failureOf(error)
      log.warn(
        { procedureId, why: failure.message },
        'TofuPilot did not roll back: stations are pinned one by one',
      )
      // Each by itself, at once: whatever is wrong with this request need not be wrong with theirs.
      const each = { ...pinFailure(failure), waitMs: failure.kind === 'refused' ? 0 : failure.waitMs }
      for (const pin of begun) await end(procedureId, pin, each)
      return [{ failure }]
    }
  }

  /**
   * Notes that it is asked for, before the request goes. Null: somebody else is sending it, or it is over: a build that was
   * taken back by then is never handed out.
   */
  async function begin(
    procedureId: ProcedureId,
    stationId: PinOnItsWay['stationId'],
  ): Promise<PinOnItsWay | null> {
    return db.transaction(async (tx: Db) => {
      await lockDelivery(tx, procedureId, stationId)
      const at = now()
      const [pin] = await pinsOnTheirWay(tx, procedureId, at, stationId)
      if (!pin || toSend([pin], at).length === 0) return null
      const isThere = pin.foreignStation !== null && pin.foreignBuild !== null
      if (isThere && !(await notePinServed(tx, { id: pin.pinId, procedureId }, at))) return null
      await saveDelivery(tx, procedureId, isThere ? asking(pin, at) : pin)
      return pin
    })
  }

  async function end(procedureId: ProcedureId, sent: PinOnItsWay, failure: PinFailure | null): Promise<void> {
    await db.transaction(async (tx: Db) => {
      await lockDelivery(tx, procedureId, sent.stationId)
      const at = now()
      const [pin] = await pinsOnTheirWay(tx, procedureId, at, sent.stationId)
      if (!pin) return
      const after = failure === null ? tookIt(pin, sent.wanted, at) : failed(pin, sent.wanted, failure, at)
      await saveDelivery(tx, procedureId, after)
    })
  }
}

/** What TofuPilot does not know it may know later: it is looked at again, and nothing waits for it. */
const unknownMs = 60_000

function isOneRollback(all: PinOnItsWay[], due: PinOnItsWay[]): boolean {
  const builds = new Set(all.map(({ wanted }) => wanted))
  return (
    builds.size === 1 &&
    due.length > 1 &&
    due.every(({ isRollback, tries }) => isRollback && tries === 0) &&
    all.every(({ foreignStation, foreignBuild }) => foreignStation !== null && foreignBuild !== null)
  )
}

function pinFailure({ arrived, message, waitMs }: TofupilotFailure): PinFailure {
  return { arrived, why: message.slice(0, 300), waitMs }
}

function later(dueAt: Instant | null, at: Instant): DeliveryResult {
  if (dueAt === null) return { delivered: true }
  return {
    delivered: false,
    waitSeconds: Math.max(1, Math.ceil((dueAt - at) / 1000)),
    why: 'pins are to be sent again',
  }
}

function waitSeconds({ kind, waitMs }: TofupilotFailure): number {
  if (waitMs !== null) return Math.max(1, Math.ceil(waitMs / 1000))
  return kind === 'locked out' ? 30 : 1
}
