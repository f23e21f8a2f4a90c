// In which hours a rollout's build was tested lately, and how much: what the pace of its stage is told by.
import { sql } from 'drizzle-orm'
import type { ProcedureId, RolloutId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { countsThere } from './counts-there.ts'

export type CanaryHour = { hour: Instant; units: number }

/** The last eight hours with runs, newest first, from the one in which `since` lies. Units: first attempts. */
export async function canaryHours(
  db: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
  since: Instant,
): Promise<CanaryHour[]> {
  return rows(
    db,
    sql`select (extract(epoch from t.hour) * 1000)::float8 as hour, sum(t.units)::int as units
        from rollouts r join hourly_tallies t on t.procedure_id = r.procedure_id and t.deployment_id = r.deployment_id
          and t.hour >= date_trunc('hour', ${new Date(since).toISOString()}::timestamptz)
        join rollout_stations s on s.procedure_id = t.procedure_id and s.rollout_id = r.id and s.station_id = t.station_id
        where r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid and t.runs > 0
          and ${countsThere('t.hour', 's')}
        group by t.hour order by t.hour desc limit 8`,
  )
}
