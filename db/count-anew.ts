// Counts a procedure anew from its runs and first attempts, each read once: by hour, and cut wherever a rollout's claim
// begins or ends, so that what an hour has and what a rollout has are sums of the same counts.
import { type SQL, sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { nilId } from './add-tallies.ts'
import { measuredColumns, runCounts } from './built-in-countings.ts'
import { byHashing } from './by-hashing.ts'
import { type Db, rows } from './client.ts'
import { countedRuns } from './first-attempts-anew.ts'
import { measureSlots, type Pieces, type Slot } from './measure-slots.ts'
import type { RolloutWindow } from './rollout-windows.ts'

/** `bounds`: the moments of all cuts, as an array of PostgreSQL. Pieces between them are numbered from 1; 0 is before all. */
export type CountedAnew = { bounds: string; slots: Slot[] }

const counts = ['units', 'passed', 'runs', 'errors', 'timeouts', 'pass_runs', 'pass_ms']
const sums = (names: string[]) => sql.raw(names.map((name) => `sum(${name}) as ${name}`).join(', '))

/**
 * Leaves two tables until the transaction ends: `counted_hours` by build, station and hour, and `counted_pieces` by piece,
 * build, station, product and shift, with the columns of `slotColumns` for each slot.
 * @param windows of rollouts that began since then.
 * @param since what started before is left out; null: nothing is.
 */
export async function countAnew(
  tx: Db,
  procedureId: ProcedureId,
  windows: RolloutWindow[],
  since: Instant | null,
): Promise<CountedAnew> {
  const bounds = await boundsOf(tx, procedureId, windows)
  const slots = measureSlots(windows, await piecesOf(tx, procedureId, bounds))
  await byHashing(tx, async () => {
    await tx.execute(counting(procedureId, since, bounds, slots).inlineParams())
    await tx.execute(
      sql`create temp table counted_hours on commit drop as
          select coalesce(deployment_id, ${nilId}::uuid) as deployment_id, station_id, to_timestamp(hour * 3600) as hour, ${sums(counts)}
          from counted group by 1, 2, 3`.inlineParams(),
    )
    await tx.execute(
      sql`create temp table counted_pieces on commit drop as
          select piece, deployment_id, station_id, product, shift, ${sums([...counts, ...slots.flatMap((_, place) => slotColumns(place))])}
          from counted where piece > 0 and deployment_id is not null group by 1, 2, 3, 4, 5`,
    )
  })
  await tx.execute(sql`drop table counted`)
  return { bounds, slots }
}

/** @param moment a column, such as `t.started_at`. */
export function beganSince(moment: string, since: Instant | null): SQL {
  if (since === null) return sql``
  return sql`and ${sql.raw(moment)} >= ${new Date(since).toISOString()}::timestamptz`
}

/** @param column such as `r.id`. */
export function isOneOf(column: string, windows: Pick<RolloutWindow, 'rolloutId'>[]): SQL {
  const ids = JSON.stringify(windows.map(({ rolloutId }) => rolloutId))
  return sql`${sql.raw(column)} in (select one::uuid from jsonb_array_elements_text(${ids}::text::jsonb) one)`
}

/** How many runs have a number, how many lie beyond the usual one, the first again, and how many by more than the shift. */
export function slotColumns(place: number): string[] {
  return ['n', 'over', 'again', 'beyond'].map((name) => `${name}_${place}`)
}

/**
 * Runs and first attempts in one statement, which several processors share: of columns that come from two tables the
 * planner expects few groups, of a start alone as many as there are runs, which it would rather sort.
 */
function counting(procedureId: ProcedureId, since: Instant | null, bounds: string, slots: Slot[]): SQL {
  const place = sql`t.deployment_id, t.station_id, floor(date_part('epoch', t.started_at) / 3600) as hour,
    width_bucket(t.started_at, ${bounds}::timestamptz[]) as piece, t.product, t.shift`
  const names = slots.flatMap((_, slot) => slotColumns(slot))
  const asked = { attempts: [], outcomes: [], custom: [], measures: slots.map(({ measure }) => measure) }
  const usual = (_: unknown, slot: number) => sql.raw(`u.usual_${slot}`)
  const [over, beyond] = [runCounts(asked, usual, null), runCounts(asked, usual, sql`true`)]
  const measured = slots.map((_, slot) => sql`, ${over[slot]}, ${beyond[slot]}`)
  return sql`create temp table counted (${sql.raw(['deployment_id, station_id, hour, piece, product, shift', ...counts, ...names].join(', '))})
      on commit drop as
      select t.deployment_id, t.station_id, t.hour, t.piece, t.product, t.shift, count(t.passed), count(*) filter (where t.passed),
        count(t.outcome), count(*) filter (where t.outcome = 'ERROR'), count(*) filter (where t.outcome = 'TIMEOUT'),
        count(t.passed_ms), coalesce(sum(t.passed_ms), 0) ${sql.join(measured)}
      from (
        select ${place}, t.outcome, null::boolean as passed, t.passed_ms, t.passed_measurements
        from (select *, ${measuredColumns} from runs) t where ${countedRuns(procedureId)} ${beganSince('t.started_at', since)}
        union all
        select ${place}, null, t.passed, null, null
        from first_attempts t where t.procedure_id = ${procedureId}::uuid ${beganSince('t.started_at', since)}) t
      ${slots.length === 0 ? sql`` : usualNumbers(procedureId, slots)}
      group by 1, 2, 3, 4, 5, 6`
}

/** Joined by station and piece alone: a range would be looked through for each run. */
function usualNumbers(procedureId: ProcedureId, slots: Slot[]): SQL {
  const asked = slots.flatMap(({ measure, rollouts }, slot) =>
    rollouts.flatMap(({ id, piece: { first, last } }) =>
      Array.from({ length: last - first + 1 }, (_, after) => ({
        rollout: id,
        metric: measure.key,
        slot,
        piece: first + after,
      })),
    ),
  )
  const usual = slots.map((_, slot) =>
    sql.raw(`max(p.usual) filter (where asked.slot = ${slot}) as usual_${slot}`),
  )
  return sql`left join (
    select p.station_id, asked.piece, ${sql.join(usual, sql`, `)}
    from jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb) as asked (rollout uuid, metric text, slot int, piece int)
      join station_pasts p on p.procedure_id = ${procedureId}::uuid and p.rollout_id = asked.rollout and p.metric = asked.metric
    group by 1, 2) u on u.station_id = t.station_id and u.piece = t.piece`
}

/** Where claims of rollouts begin and end, and where stations were excluded from them. */
async function boundsOf(tx: Db, procedureId: ProcedureId, windows: RolloutWindow[]): Promise<string> {
  const [found] = await rows<{ bounds: string }>(
    tx,
    sql`select coalesce(array_agg(distinct cut.at order by cut.at) filter (where cut.at is not null), '{}')::text as bounds
        from rollouts r cross join lateral (
          select r.started_at as at
          union all select r.ended_at
          union all select to_timestamp((span->>side)::float8 / 1000)
            from rollout_stations s cross join lateral jsonb_array_elements(s.progress->'uncounted') span
              cross join (values ('from'), ('to')) sides (side)
            where s.procedure_id = r.procedure_id and s.rollout_id = r.id) cut
        where r.procedure_id = ${procedureId}::uuid and ${isOneOf('r.id', windows)}`,
  )
  return found?.bounds ?? '{}'
}

async function piecesOf(tx: Db, procedureId: ProcedureId, bounds: string): Promise<Map<RolloutId, Pieces>> {
  const found = await rows<{ id: RolloutId } & Pieces>(
    tx,
    sql`select id::text as id, width_bucket(started_at, ${bounds}::text::timestamptz[]) as first,
          coalesce(width_bucket(ended_at, ${bounds}::text::timestamptz[]) - 1, cardinality(${bounds}::text::timestamptz[])) as last
        from rollouts where procedure_id = ${procedureId}::uuid and started_at is not null`,
  )
  return new Map(found.map(({ id, first, last }) => [id, { first, last }]))
}
