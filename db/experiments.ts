// Experiments: pools of stations that no rollout takes.
import { sql } from 'drizzle-orm'
import type { RolloutId, StationId } from '../server/domain/ids.ts'
import { type Db, rows } from './client.ts'

export type Experiment = {
  experiment: string
  stations: { id: StationId; name: string; site: string; line: string }[]
}

export async function experiments(db: Db): Promise<Experiment[]> {
  return rows(
    db,
    sql`select min(experiment) as experiment, jsonb_agg(jsonb_build_object('id', id, 'name', name, 'site', site, 'line', line)
          order by lower(name)) as stations
        from stations where experiment is not null group by lower(experiment) order by lower(experiment)`,
  )
}

/** The live rollouts that the station is in, also those that an abort is taking back. */
export async function rolloutsWith(
  db: Db,
  stationId: StationId,
): Promise<{ id: RolloutId; procedure: string; version: string; status: string }[]> {
  return rows(
    db,
    sql`select r.id::text as id, p.name as procedure, d.version, r.status
        from rollout_stations s join rollouts r on r.procedure_id = s.procedure_id and r.id = s.rollout_id
        join procedures p on p.id = r.procedure_id join deployments d on d.id = r.deployment_id
        where s.station_id = ${stationId}::uuid and r.status in ('pending', 'active', 'paused', 'aborting')
          and (s.progress->>'status' not in ('left', 'reverted') or s.progress->'excluded'->>'exposed' = 'true')
          and (r.status <> 'aborting' or s.progress->>'status' <> 'queued') order by r.created_at`,
  )
}
