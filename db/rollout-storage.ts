// Rollouts as rows: the state without its stations in one row, a row a station, and the events that made them.
import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { DriftNoise } from '../server/domain/gates/drift-noise.ts'
import type { Verdict } from '../server/domain/gates/verdict.ts'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RolloutEvent } from '../server/domain/rollout/events.ts'
import type { RolloutState, StationProgress, WithoutStations } from '../server/domain/rollout/state.ts'
import { type Db, rows } from './client.ts'
import { announceRollout } from './rollout-marks.ts'
import { commands, events, rolloutStations, rollouts } from './schema/rollouts.ts'
import { verdicts } from './schema/verdicts.ts'

/** What a station did on base before the rollout, frozen at its start. */
export type StationPast = {
  stationId: StationId
  pastUnits: number
  pastBad: number
  pastRuns: number
  pastErrors: number
  pastTimeouts: number
  pastP99Seconds: number | null
  pastGapSeconds: number | null
}

export type LoadedRollout = {
  state: RolloutState
  verdict: Verdict | null
  pasts: StationPast[]
  driftNoise: DriftNoise
  /** Milliseconds since anybody judged it, by the database's clock; 0 where nobody has yet. */
  unseenMs: number
}

const unseenMs = sql<number>`coalesce(extract(epoch from clock_timestamp() - ${rollouts.judgedAt}) * 1000, 0)::float8`

/** `lock`: holds the rollout's row until the transaction ends, so that one decision is made at a time. */
export async function loadRollout(db: Db, id: RolloutId, lock = false): Promise<LoadedRollout | null> {
  const query = db.select({ row: rollouts, unseenMs }).from(rollouts).where(eq(rollouts.id, id))
  const [found] = lock ? await query.for('update') : await query
  return found ? withStations(db, found.row, found.unseenMs) : null
}

/** The rollout without its stations, and whether a command of this id was carried out: both as of one moment. */
export async function rolloutAndCommand(
  db: Db,
  id: RolloutId,
  commandId: string | null,
): Promise<{ state: WithoutStations; isRepeat: boolean } | null> {
  const [found] = await db
    .select({
      state: rollouts.state,
      isRepeat: sql<boolean>`exists (select 1 from commands where id = ${commandId}::text)`,
    })
    .from(rollouts)
    .where(eq(rollouts.id, id))
  return found ?? null
}

/** Of which procedure a rollout is: it never changes. */
export async function procedureOfRollout(db: Db, id: RolloutId): Promise<ProcedureId | null> {
  const [found] = await db
    .select({ procedureId: rollouts.procedureId })
    .from(rollouts)
    .where(eq(rollouts.id, id))
  return found?.procedureId ?? null
}

/**
 * Takes the rollout's row to judge it, unless a judging that began at or after `asked` has seen all that there was, or
 * somebody holds the row: then what they do is not waited for.
 */
export async function takeToJudge(
  tx: Db,
  id: RolloutId,
  asked: Instant,
): Promise<LoadedRollout | 'judged since' | 'held'> {
  const isDue = sql`(judged_at is null or judged_at < ${moment(asked)})`
  const due = tx
    .select({ id: rollouts.id, unseenMs: unseenMs.as('unseen_ms') })
    .from(rollouts)
    .where(and(eq(rollouts.id, id), isDue))
    .for('update', { skipLocked: true })
    .as('due')
  const [taken] = await tx
    .update(rollouts)
    .set({ judgedAt: sql`clock_timestamp()` })
    .from(due)
    .where(eq(rollouts.id, due.id))
    .returning({ row: rollouts, unseenMs: due.unseenMs })
  if (taken) return withStations(tx, taken.row, taken.unseenMs)
  const [known] = await rows<{ due: boolean }>(
    tx,
    sql`select ${isDue} as due from rollouts where id = ${id}::uuid`,
  )
  return known?.due ? 'held' : 'judged since'
}

function moment(at: Instant): SQL {
  return sql`to_timestamp(${at}::float8 / 1000)`
}

async function withStations(
  db: Db,
  row: typeof rollouts.$inferSelect,
  unseenMs: number,
): Promise<LoadedRollout> {
  const stations = await db
    .select()
    .from(rolloutStations)
    .where(and(eq(rolloutStations.procedureId, row.procedureId), eq(rolloutStations.rolloutId, row.id)))
  const progress: Record<StationId, StationProgress> = Object.fromEntries(
    stations.map((each) => [each.stationId, each.progress]),
  )
  // The columns are the two halves of one state: what was taken apart on saving is put together here.
  const state = { ...row.state, stations: progress } as RolloutState
  return { state, verdict: row.verdict, pasts: stations, driftNoise: row.driftNoise, unseenMs }
}

/** Saves what changed from `before`: the row, and only the stations that moved. */
export async function saveRollout(tx: Db, before: RolloutState | null, after: RolloutState): Promise<void> {
  const { stations, ...state } = after
  const row = {
    procedureId: after.procedureId,
    id: after.id,
    deploymentId: after.deploymentId,
    baseDeploymentId: after.baseDeploymentId,
    status: after.status,
    version: after.version,
    state,
    createdAt: new Date(after.createdAt),
    startedAt: 'startedAt' in after && after.startedAt !== null ? new Date(after.startedAt) : null,
    // Runs are counted on until the watch after completion is over.
    endedAt:
      after.status === 'completed'
        ? new Date(after.watchUntil)
        : 'endedAt' in after
          ? new Date(after.endedAt)
          : null,
  }
  if (before) await tx.update(rollouts).set(row).where(isRow(after))
  else await tx.insert(rollouts).values(row)
  const moved = Object.entries(stations)
    .filter(([id, progress]) => before?.stations[id as StationId] !== progress)
    .map(([id, progress]) => ({ stationId: id, progress }))
  await announceRollout(tx, after.id)
  if (moved.length === 0) return
  await tx.execute(
    sql`insert into rollout_stations (procedure_id, rollout_id, station_id, progress)
        select ${after.procedureId}::uuid, ${after.id}::uuid, s."stationId", s.progress
        from jsonb_to_recordset(${JSON.stringify(moved)}::text::jsonb) as s ("stationId" uuid, progress jsonb)
        on conflict (procedure_id, rollout_id, station_id) do update set progress = excluded.progress`,
  )
}

function isRow({ procedureId, id }: Pick<RolloutState, 'procedureId' | 'id'>): SQL {
  return sql`${rollouts.id} = ${id}::uuid and ${rollouts.procedureId} = ${procedureId}::uuid`
}

/** Numbers on from the last one. The caller holds the rollout's row. */
export async function appendEvents(tx: Db, state: RolloutState, made: RolloutEvent[]): Promise<number[]> {
  if (made.length === 0) return []
  const [last] = await rows<{ sequence: number }>(
    tx,
    sql`select coalesce(max(sequence), 0)::int as sequence from events
        where procedure_id = ${state.procedureId}::uuid and rollout_id = ${state.id}::uuid`,
  )
  const first = (last?.sequence ?? 0) + 1
  await tx.insert(events).values(
    made.map((event, index) => ({
      procedureId: state.procedureId,
      rolloutId: state.id,
      sequence: first + index,
      type: event.type,
      body: event,
      at: new Date(event.at),
    })),
  )
  return made.map((_, index) => first + index)
}

/** What belongs to a rollout lies by its procedure: without it, the records of all rollouts would be read. */
export function procedureOf(id: RolloutId): SQL {
  return sql`(select procedure_id from rollouts where id = ${id}::uuid)`
}

export async function rolloutProcedure(db: Db, id: RolloutId): Promise<ProcedureId | null> {
  const [found] = await db
    .select({ procedureId: rollouts.procedureId })
    .from(rollouts)
    .where(eq(rollouts.id, id))
  return found?.procedureId ?? null
}

export async function eventsOf(db: Db, id: RolloutId): Promise<(RolloutEvent & { sequence: number })[]> {
  const found = await db
    .select()
    .from(events)
    .where(and(eq(events.procedureId, procedureOf(id)), eq(events.rolloutId, id)))
    .orderBy(asc(events.sequence))
  return found.map((row) => ({ ...row.body, sequence: row.sequence }))
}

export async function liveRolloutIds(db: Db, procedureId?: ProcedureId): Promise<RolloutId[]> {
  const live = inArray(rollouts.status, ['pending', 'active', 'paused', 'aborting'])
  const found = await db
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(procedureId ? and(live, eq(rollouts.procedureId, procedureId)) : live)
    .orderBy(asc(rollouts.createdAt))
  return found.map((row) => row.id)
}

/** Where the cards of live rollouts are: a rollout that has not started has its card at the first stage. */
export async function liveStages(
  db: Db,
  procedureId: ProcedureId,
): Promise<{ id: RolloutId; status: RolloutState['status']; stageIndex: number }[]> {
  return rows(
    db,
    sql`select id::text as id, status, greatest(0, coalesce((state ->> 'stageIndex')::int, 0)) as "stageIndex" from rollouts
        where procedure_id = ${procedureId}::uuid and status in ('pending', 'active', 'paused', 'aborting') order by created_at`,
  )
}

/**
 * What is judged: live rollouts and watched ones, the oldest first, each with the moment from which a judging has seen
 * all that there is now. Without a procedure only those that have not been judged for `unseenMs`.
 */
export async function judgedRollouts(
  db: Db,
  now: Instant,
  which: { procedureId: ProcedureId } | { unseenMs: number },
): Promise<{ id: RolloutId; asked: Instant }[]> {
  const ofThese =
    'procedureId' in which
      ? sql`r.procedure_id = ${which.procedureId}::uuid`
      : sql`(r.judged_at is null or r.judged_at < clock_timestamp() - ${which.unseenMs}::float8 * interval '1 millisecond')`
  const unseenMs = 'unseenMs' in which ? which.unseenMs : 0
  return rows(
    db,
    sql`select id::text as id, (extract(epoch from clock_timestamp()) * 1000 - ${unseenMs}::float8)::float8 as asked from (
          select r.id, r.created_at from rollouts r
          where r.status in ('pending', 'active', 'paused', 'aborting') and ${ofThese}
          union all
          select r.id, r.created_at from rollouts r
          where r.status = 'completed' and r.ended_at > ${new Date(now).toISOString()}::timestamptz and ${ofThese}
            and not exists (select 1 from rollouts newer where newer.procedure_id = r.procedure_id
              and newer.started_at > r.started_at)) judged
        order by created_at`,
  )
}

export async function rememberCommand(
  tx: Db,
  command: { id: string; procedureId: ProcedureId; rolloutId: RolloutId; did: string; at: Instant },
): Promise<void> {
  await tx.insert(commands).values({ ...command, at: new Date(command.at) })
}

/** Until the transaction ends, whoever brings the same id waits here, and is then told what was done. */
export async function rememberedCommand(
  tx: Db,
  id: string,
): Promise<{ rolloutId: RolloutId; did: string } | null> {
  // The seed keeps these apart from the procedures' locks, which are taken after it.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${id}, 1))`)
  const [found] = await tx.select().from(commands).where(eq(commands.id, id))
  return found ?? null
}

/** Keeps the latest verdict on the rollout. */
export async function saveVerdict(tx: Db, state: RolloutState, verdict: Verdict): Promise<void> {
  await tx.update(rollouts).set({ verdict }).where(isRow(state))
  await announceRollout(tx, state.id)
}

export async function lastRecordedVerdictAt(tx: Db, state: RolloutState): Promise<Instant | null> {
  const [found] = await tx
    .select({ at: verdicts.at })
    .from(verdicts)
    .where(and(eq(verdicts.procedureId, state.procedureId), eq(verdicts.rolloutId, state.id)))
    .orderBy(desc(verdicts.at))
    .limit(1)
  return found ? found.at.getTime() : null
}

/** Recorded verdicts, oldest first. */
export async function verdictsOf(db: Db, id: RolloutId): Promise<Verdict[]> {
  const found = await db
    .select({ verdict: verdicts.verdict })
    .from(verdicts)
    .where(and(eq(verdicts.procedureId, procedureOf(id)), eq(verdicts.rolloutId, id)))
    .orderBy(asc(verdicts.at))
  return found.map((row) => row.verdict)
}

/** Newest first. */
export async function rolloutRows(
  db: Db,
  filter: { live?: boolean; procedureId?: ProcedureId; limit?: number },
): Promise<(typeof rollouts.$inferSelect)[]> {
  const conditions = [
    filter.live ? inArray(rollouts.status, ['pending', 'active', 'paused', 'aborting']) : undefined,
    filter.procedureId ? eq(rollouts.procedureId, filter.procedureId) : undefined,
  ]
  return db
    .select()
    .from(rollouts)
    .where(and(...conditions))
    .orderBy(desc(rollouts.createdAt))
    .limit(filter.limit ?? 50)
}

export async function saveDriftNoise(tx: Db, id: RolloutId, driftNoise: DriftNoise): Promise<void> {
  await tx.update(rollouts).set({ driftNoise }).where(eq(rollouts.id, id))
}
