// Events and recorded verdicts of a rollout in one order, newest first, a page at a time.
import { sql } from 'drizzle-orm'
import type { Verdict } from '../server/domain/gates/verdict.ts'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { RolloutEvent } from '../server/domain/rollout/events.ts'
import { type Db, rows } from './client.ts'

/** An event with the verdict of its moment, or a verdict by itself. `number`: the sequence of the event, or the verdict's id. */
export type LedgerRow = {
  at: Instant
  isEvent: boolean
  number: number
  event: RolloutEvent | null
  verdict: { id: number; verdict: Verdict; canRecompute: boolean } | null
  /** Its place in the chain of the record. */
  chained: { entry: number; hash: string }
}
export type LedgerPlace = { at: Instant; isEvent: boolean; number: number }

/**
 * @param asked.before the last row that was read.
 * @param asked.without types of events that are left out, and with them the verdicts by themselves; null: everything.
 */
export async function ledgerRows(
  db: Db,
  of: { procedureId: ProcedureId; id: RolloutId },
  { before, limit, without }: { before: LedgerPlace | null; limit: number; without: string[] | null },
): Promise<LedgerRow[]> {
  const own = (table: string) =>
    sql`${sql.raw(table)}.procedure_id = ${of.procedureId}::uuid and ${sql.raw(table)}.rollout_id = ${of.id}::uuid`
  const older = before
    ? sql`where (l.at, l.rank, l.number) < (${new Date(before.at).toISOString()}::timestamptz, ${before.isEvent ? 1 : 0}::int,
        ${before.number}::bigint)`
    : sql``
  return rows<LedgerRow>(
    db,
    sql`with page as (
          select * from (
            select e.at, 1 as rank, e.sequence::bigint as number from events e where ${own('e')}
              and e.type not in (select jsonb_array_elements_text(${JSON.stringify(without ?? [])}::text::jsonb))
            union all
            select v.at, 0, v.id from verdicts v where ${own('v')} and ${without === null}) l
          ${older} order by l.at desc, l.rank desc, l.number desc limit ${limit})
        select (extract(epoch from p.at) * 1000)::float8 as at, p.rank = 1 as "isEvent", p.number::float8 as number, e.body as event,
          case when v.id is not null then jsonb_build_object('id', v.id, 'verdict', v.verdict,
            'canRecompute', exists (select 1 from verdict_inputs i where ${own('i')} and i.verdict_id = v.id)) end as verdict,
          (select jsonb_build_object('entry', a.number, 'hash', a.hash) from audit_entries a
            where a.procedure_id = ${of.procedureId}::uuid and a.owner = ${of.id} and a.item = p.number
              and a.source = case when p.rank = 1 then 'events' else 'verdicts' end) as chained
        from page p
        left join events e on p.rank = 1 and ${own('e')} and e.sequence = p.number
        left join verdicts v on ${own('v')} and v.at = p.at and (p.rank = 0 or e.type not like 'Station%')
        order by p.at desc, p.rank desc, p.number desc`,
  )
}
