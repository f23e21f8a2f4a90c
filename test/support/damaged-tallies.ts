// Wrong first attempts and wrong counts, each as it may have come about, for a rebuild to mend.
import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import type { Instant } from '../../server/domain/instant.ts'

/** What may have happened to first attempts: to those whose runs are there, from the oldest id on. */
export const damages: Record<string, (tx: Db, id: ProcedureId, oldest: string) => Promise<unknown>> = {
  'nothing is wrong': async () => {},
  'all are gone': (tx, id, oldest) =>
    tx.execute(
      sql`delete from first_attempts where procedure_id = ${id}::uuid and run_id >= ${oldest}::uuid`,
    ),
  'some are gone': (tx, id, oldest) =>
    tx.execute(
      sql`delete from first_attempts where procedure_id = ${id}::uuid and run_id >= ${oldest}::uuid and get_byte(decode(md5(unit), 'hex'), 0) % 3 = 0`,
    ),
  'some say what their runs do not': (tx, id, oldest) =>
    tx.execute(
      sql`update first_attempts set passed = not passed, shift = shift + 1
          where procedure_id = ${id}::uuid and run_id >= ${oldest}::uuid and get_byte(decode(md5(unit), 'hex'), 0) % 3 = 0`,
    ),
  'some are of units that never ran': (tx, id, oldest) =>
    tx.execute(
      sql`insert into first_attempts (procedure_id, unit, day, run_id, station_id, deployment_id, started_at, passed)
          select procedure_id, unit || '-none', day, run_id, station_id, deployment_id, started_at, passed
          from first_attempts where procedure_id = ${id}::uuid and run_id >= ${oldest}::uuid limit 3`,
    ),
  'some are of a later run': (tx, id, oldest) =>
    tx.execute(
      sql`update first_attempts f set run_id = r.id, started_at = r.started_at, station_id = r.station_id,
            deployment_id = r.deployment_id, passed = r.outcome = 'PASS', product = r.product, shift = r.shift
          from runs r where f.procedure_id = ${id}::uuid and f.run_id >= ${oldest}::uuid and r.procedure_id = f.procedure_id and r.unit = f.unit
            and r.started_at > f.started_at and r.outcome <> 'ABORTED' and r.sample is null and not r.shadow`,
    ),
  'some are of an earlier run that is none': (tx, id, oldest) =>
    tx.execute(
      sql`update first_attempts set run_id = ('ffffffff' || right(run_id::text, -8))::uuid, started_at = started_at - interval '1 day'
          where procedure_id = ${id}::uuid and run_id >= ${oldest}::uuid and get_byte(decode(md5(unit), 'hex'), 0) % 3 = 0`,
    ),
  'they are by the other rule': (tx, id) =>
    tx.execute(
      sql`update first_attempts set day = case day when '' then '2026-03-28' else '' end
          where procedure_id = ${id}::uuid and (day = '' or unit not in (
            select unit from first_attempts where procedure_id = ${id}::uuid group by unit having count(*) > 1))`,
    ),
}

/** Those of `since` and later. */
export async function spoilCounts(tx: Db, id: ProcedureId, since: Instant): Promise<void> {
  const at = new Date(since).toISOString()
  await tx.execute(
    sql`delete from hourly_tallies where procedure_id = ${id}::uuid and date_part('hour', hour)::int % 3 = 0
          and hour >= ${at}::timestamptz`,
  )
  await tx.execute(
    sql`update hourly_tallies set passed = passed + 1 where procedure_id = ${id}::uuid and date_part('hour', hour)::int % 3 = 1
          and hour >= ${at}::timestamptz`,
  )
  await tx.execute(
    sql`insert into hourly_tallies (procedure_id, deployment_id, station_id, hour, runs)
        select procedure_id, deployment_id, station_id, hour + interval '40 days', 7 from hourly_tallies
        where procedure_id = ${id}::uuid limit 2`,
  )
  await tx.execute(
    sql`update arm_tallies set runs = runs + 1 where procedure_id = ${id}::uuid
          and rollout_id in (select id from rollouts where started_at >= ${at}::timestamptz)`,
  )
  await tx.execute(
    sql`update metric_tallies set bad = bad + 1 where procedure_id = ${id}::uuid
          and rollout_id in (select id from rollouts where started_at >= ${at}::timestamptz)`,
  )
}
