// The watch over stations, in rollouts and outside of them: alarms open and close, and the way back of a rollback is followed.
import { sql } from 'drizzle-orm'
import { type Database, type Db, rows } from '../db/client.ts'
import { stillRunning } from '../db/containment.ts'
import { recordProcedureEvent } from '../db/registry.ts'
import { rollbackOf } from '../db/reverting.ts'
import { liveStages } from '../db/rollout-storage.ts'
import { closeAlarms, knownAlarms, openAlarms } from '../db/station-alarms.ts'
import type { Deliveries } from './apply-command.ts'
import type { ProcedureId } from './domain/ids.ts'
import { day, hour, type Instant, minute } from './domain/instant.ts'
import type { AlarmGroup } from './domain/station-alarms/alarm.ts'
import { judgeStations } from './domain/station-alarms/look.ts'
import { knownStations, rememberedGaps } from './known-stations.ts'
import { rollbackReverting } from './reverting.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

export function stationWatch({ database, now, deliveries }: Deps) {
  const habits = rememberedGaps()
  const told = new Map<string, { at: Instant; shown: string }>()

  /** Idempotent: the same facts again open, close and tell nothing. Whoever comes while another process looks, leaves. */
  async function look(procedureId: ProcedureId): Promise<undefined> {
    await database.db.transaction(async (tx: Db) => {
      if (!(await isFirst(tx, procedureId))) return
      const at = now()
      const groups = await judge(tx, procedureId, at)
      for (const { kind, openedAt } of groups)
        await deliveries.send(tx, { kind: 'alarms', procedureId, alarm: kind, openedAt })
      await followRollback(tx, procedureId, at)
      await redrawCard(tx, procedureId, at, groups.length > 0)
      await followContainment(tx, procedureId, at)
    })
  }

  /** @returns the messages that have something new to show. */
  async function judge(tx: Db, procedureId: ProcedureId, at: Instant): Promise<AlarmGroup[]> {
    const known = await knownAlarms(tx, procedureId)
    const { stations, look: context } = await knownStations(tx, procedureId, { known, habits }, at)
    const { opened, closed } = judgeStations(stations, known, context)
    const ended = await closeAlarms(tx, procedureId, closed, at)
    const added = await openAlarms(tx, procedureId, opened, at)
    const groups = [...ended, ...added.map(({ kind }) => ({ kind, openedAt: at }))]
    return [...new Map(groups.map((group) => [`${group.kind} ${group.openedAt}`, group])).values()]
  }

  /** When the last station is proven back, how long it took is kept. */
  async function followRollback(tx: Db, procedureId: ProcedureId, at: Instant): Promise<void> {
    const latest = await rollbackOf(tx, procedureId)
    if (latest === null || latest.isProven) return
    const way = await rollbackReverting(tx, procedureId, at)
    if (way === null) return
    const { rollbackId, firstMs, medianMs, lastMs, stations } = way
    if (way.out === 0) {
      const took = stations.map(({ id, provenAt, excused }) => ({
        stationId: id,
        ms: provenAt === null ? null : provenAt - way.at,
        excused,
      }))
      const body = { rollbackId, firstMs, medianMs, lastMs, stations: took }
      await recordProcedureEvent(tx, { procedureId, type: 'RollbackProven', body, at: new Date(at) })
    }
    const shown = stations.map((each) => `${each.id} ${each.pulledAt} ${each.provenAt}`).join()
    if (way.out > 0 && !isNews(`rollback ${rollbackId} ${procedureId}`, `${way.isOverdue} ${shown}`, at))
      return
    await deliveries.send(tx, { kind: 'rollback', procedureId, rollbackId, mayPost: false })
  }

  /** An alarm stands on the card as well; while stations are on their way back, the card's clock goes on. */
  async function redrawCard(tx: Db, procedureId: ProcedureId, at: Instant, changed: boolean): Promise<void> {
    for (const { id, status, stageIndex } of await liveStages(tx, procedureId)) {
      const isDue = status === 'aborting' && isNews(`aborting ${id}`, status, at)
      if (!changed && !isDue) continue
      await deliveries.send(tx, { kind: 'card', rolloutId: id, stageIndex })
    }
  }

  /** A build that was taken back and is still run judges further units: a list that was signed off asks again. */
  async function followContainment(tx: Db, procedureId: ProcedureId, at: Instant): Promise<void> {
    for (const { id, receivedAt } of await stillRunning(tx, procedureId, at - day)) {
      const isKnown = told.get(`containment ${id}`)?.shown === `${receivedAt}`
      keep(`containment ${id}`, `${receivedAt}`, at)
      if (!isKnown) await deliveries.send(tx, { kind: 'containment', rolloutId: id })
    }
  }

  /** Something else than was told last, or a minute later. Lost with the process: then it is told once more. */
  function isNews(key: string, shown: string, at: Instant): boolean {
    const last = told.get(key)
    if (last && last.shown === shown && at - last.at < minute) return false
    keep(key, shown, at)
    return true
  }

  /** What nobody has asked about for an hour is forgotten: rollouts end, and this process goes on for months. */
  function keep(key: string, shown: string, at: Instant): void {
    told.delete(key)
    told.set(key, { at, shown })
    for (const [oldest, last] of told) {
      if (at - last.at <= hour) break
      told.delete(oldest)
    }
  }

  return {
    look,
    /** Procedures of which something is asked. */
    due: async (): Promise<{ id: ProcedureId; asked: Instant }[]> =>
      rows(
        database.db,
        sql`select id::text as id, 0 as asked from procedures where active_deployment_id is not null order by id`,
      ),
  }
}

/** The seed keeps this lock apart from those of counting and of commands: nothing waits for a look. */
async function isFirst(tx: Db, procedureId: ProcedureId): Promise<boolean> {
  const [lock] = await rows<{ taken: boolean }>(
    tx,
    sql`select pg_try_advisory_xact_lock(hashtextextended(${procedureId}, 2)) as taken`,
  )
  return lock?.taken ?? false
}
