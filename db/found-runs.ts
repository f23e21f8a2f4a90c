// Runs as a person or a program looks for them: filtered, in an order, a page at a time.
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId, RunId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RunOutcome } from '../server/domain/run.ts'
import { type Db, rows } from './client.ts'

export type FoundRun = {
  id: RunId
  procedure: { id: ProcedureId; name: string }
  station: { id: StationId; name: string }
  serial: string
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  receivedAt: Instant
  /** All that came with the run, or only what a list shows of it. */
  detail: Record<string, unknown>
}

type Span = { from: Instant | null; to: Instant | null }
/** Null: whatever it is. Moments at either end count in. */
export type RunFilter = {
  ids: RunId[] | null
  outcomes: RunOutcome[] | null
  procedureIds: ProcedureId[] | null
  deploymentIds: string[] | null
  stationIds: string[] | null
  units: string[] | null
  partNumbers: string[] | null
  procedureVersions: string[] | null
  started: Span
  ended: Span
  received: Span
  /** Only runs of procedures that this station is linked to. */
  linkedTo: StationId | null
}
export const runSorts = ['started_at', 'created_at', 'duration', 'outcome', 'serial_number'] as const
export type RunOrder = { by: (typeof runSorts)[number]; descending: boolean }
/** The ids between which the last run of the page before lies: see run-number.ts. */
export type RunPlace = { first: RunId; last: RunId }

/**
 * At most `limit` runs that come after the place, in the order asked for. Each procedure's are sought apart, by its own
 * index: ids of runs begin with the moment that they started, so that the usual order reads no more than a page.
 */
export async function foundRuns(
  db: Db,
  filter: RunFilter,
  order: RunOrder,
  limit: number,
  after: RunPlace | null,
  whole: boolean,
): Promise<FoundRun[]> {
  const key = keys[order.by]
  const way = order.descending ? sql`desc` : sql`asc`
  const wanted = sql.join([...conditions(filter), ...(after ? [beyond(after, order)] : [])], sql` and `)
  return rows<FoundRun>(
    db,
    sql`select r.id::text as id, jsonb_build_object('id', p.id, 'name', p.name) as procedure,
          jsonb_build_object('id', s.id, 'name', s.name) as station, r.serial, r.outcome, ${times}, r.detail
        from procedures p cross join lateral (
          select r.id, r.station_id, r.serial, r.outcome, r.started_at, r.ended_at, r.received_at,
            ${whole ? sql`r.detail` : shownDetail} as detail, ${key} as key
          from runs r where r.procedure_id = p.id and ${wanted}
          order by ${key} ${way}, r.id ${way} limit ${limit}) r
        join stations s on s.id = r.station_id
        where ${ofProcedures(filter)}
        order by r.key ${way}, r.id ${way} limit ${limit}`,
  )
}

export async function foundRun(db: Db, id: RunId): Promise<FoundRun | null> {
  const order: RunOrder = { by: 'started_at', descending: false }
  const [found] = await foundRuns(db, { ...everyRun, ids: [id] }, order, 1, null, true)
  return found ?? null
}

/** How many runs lie there, of whatever procedure. */
export async function runsAt(db: Db, place: RunPlace): Promise<number> {
  const [found] = await rows<{ count: number }>(
    db,
    sql`select count(*)::int as count from procedures p cross join lateral (
          select 1 from runs where procedure_id = p.id and id between ${place.first}::uuid and ${place.last}::uuid) r`,
  )
  return found?.count ?? 0
}

export const everyRun: RunFilter = {
  ids: null,
  outcomes: null,
  procedureIds: null,
  deploymentIds: null,
  stationIds: null,
  units: null,
  partNumbers: null,
  procedureVersions: null,
  started: { from: null, to: null },
  ended: { from: null, to: null },
  received: { from: null, to: null },
  linkedTo: null,
}

/** What each order goes by; runs that are equal in it go by their ids. */
const keys: Record<RunOrder['by'], SQL> = {
  started_at: sql`r.id`,
  created_at: sql`r.received_at`,
  duration: sql`(r.ended_at - r.started_at)`,
  outcome: sql`r.outcome`,
  serial_number: sql`r.unit`,
}

const times = sql.raw(
  [
    ['started_at', 'startedAt'],
    ['ended_at', 'endedAt'],
    ['received_at', 'receivedAt'],
  ]
    .map(([column, name]) => `(extract(epoch from r.${column}) * 1000)::float8 as "${name}"`)
    .join(', '),
)

const shownDetail = sql`jsonb_strip_nulls(jsonb_build_object('procedure_version', r.detail -> 'procedure_version',
  'part_number', coalesce(r.detail -> 'part_number', to_jsonb(r.product)), 'part_name', r.detail -> 'part_name',
  'revision_number', r.detail -> 'revision_number', 'batch_number', r.detail -> 'batch_number',
  'docstring', r.detail -> 'docstring', 'operated_by', r.detail -> 'operated_by'))`

/** Beyond the run that lies at the place: in the usual order by its id alone. */
function beyond(place: RunPlace, { by, descending }: RunOrder): SQL {
  if (by === 'started_at')
    return descending ? sql`r.id < ${place.first}::uuid` : sql`r.id > ${place.last}::uuid`
  const key = keys[by]
  const last = sql`(select ${key}, r.id from procedures q join runs r on r.procedure_id = q.id
    where r.id between ${place.first}::uuid and ${place.last}::uuid limit 1)`
  return descending ? sql`(${key}, r.id) < ${last}` : sql`(${key}, r.id) > ${last}`
}

function conditions(filter: RunFilter): SQL[] {
  const { started, ended, received } = filter
  return [
    sql`true`,
    filter.ids === null
      ? null
      : sql`r.id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(filter.ids)}::text::jsonb))`,
    among(sql`r.outcome`, filter.outcomes),
    among(sql`r.deployment_id::text`, filter.deploymentIds),
    among(sql`r.station_id::text`, filter.stationIds),
    among(sql`r.unit`, filter.units),
    among(sql`lower(r.product)`, filter.partNumbers),
    among(sql`lower(r.detail ->> 'procedure_version')`, filter.procedureVersions),
    started.from === null ? null : sql`r.id >= ${idAt(started.from, '0')}::uuid`,
    started.to === null ? null : sql`r.id <= ${idAt(started.to, 'f')}::uuid`,
    ...within(sql`r.ended_at`, ended),
    ...within(sql`r.received_at`, received),
  ].flatMap((each) => each ?? [])
}

function ofProcedures({ procedureIds, linkedTo }: RunFilter): SQL {
  const own = among(sql`p.id::text`, procedureIds) ?? sql`true`
  if (linkedTo === null) return own
  return sql`${own} and p.id in (select procedure_id from station_procedures where station_id = ${linkedTo}::uuid)`
}

function among(column: SQL, values: string[] | null): SQL | null {
  if (values === null) return null
  return sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`
}

function within(column: SQL, { from, to }: Span): SQL[] {
  const at = (moment: Instant) => sql`${new Date(moment).toISOString()}::timestamptz`
  return [
    ...(from === null ? [] : [sql`${column} >= ${at(from)}`]),
    ...(to === null ? [] : [sql`${column} <= ${at(to)}`]),
  ]
}

/** The smallest or the greatest id of a run that began in that millisecond. */
function idAt(moment: Instant, digit: '0' | 'f'): string {
  const time = Math.max(0, moment).toString(16).padStart(12, '0')
  const rest = (count: number) => digit.repeat(count)
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest(4)}-${rest(4)}-${rest(12)}`
}
