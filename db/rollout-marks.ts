// Whether anything of a rollout's page has changed: a mark to compare, and a channel that tells when to look.
import { sql } from 'drizzle-orm'
import type { RolloutId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'

/** Channel on which a rollout's id is announced when its state or its verdict changes. */
export const rolloutsChannel = 'firstpass_rollouts'

export async function announceRollout(tx: Db, id: RolloutId): Promise<void> {
  await tx.execute(sql`select pg_notify(${rolloutsChannel}, ${id})`)
}

/**
 * Another one whenever the state, the record, the verdict, the counts or the open alarms are others, or its units were signed off; null when there is
 * no such rollout. Without an announcement change late runs of one that has ended, and alarms.
 */
export async function rolloutMark(db: Db, id: RolloutId): Promise<string | null> {
  const [found] = await rows<{ mark: string }>(
    db,
    sql`select concat_ws('-', r.version, r.verdict ->> 'at',
          (select max(sequence) from events e where e.procedure_id = r.procedure_id and e.rollout_id = r.id),
          (select sum(runs) from arm_tallies t where t.procedure_id = r.procedure_id and t.rollout_id = r.id),
          (select count(*) || '.' || coalesce(max(a.id), 0) from station_alarms a join rollout_stations s on s.station_id = a.station_id
            where s.procedure_id = r.procedure_id and s.rollout_id = r.id and a.procedure_id = r.procedure_id and a.closed_at is null),
          (select count(*) from containment_sign_offs c where c.procedure_id = r.procedure_id and c.rollout_id = r.id)) as mark
        from rollouts r where r.id = ${id}::uuid`,
  )
  return found?.mark ?? null
}
