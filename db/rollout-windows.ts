// Which rollouts claim runs, what their gates count, and what is usual there: all that counting runs asks for.
import { type SQL, sql } from 'drizzle-orm'
import { countings } from '../server/domain/gates/counting.ts'
import type { Gate } from '../server/domain/gates/gate.ts'
import { cell } from '../server/domain/gates/mix.ts'
import type { ProcedureId, RolloutId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Uncounted } from '../server/domain/rollout/state.ts'
import type { Window } from '../server/domain/tally.ts'
import { type Db, rows } from './client.ts'

export type RolloutWindow = Window & { gates: Gate[] }

/** What will be counted: where it was, on which product and shift, and when. */
type ToCount = { stationId: StationId; product: string | null; shift: number; startedAt: Instant }

/**
 * Rollouts of the procedure that may claim these runs or attempts, with those of their stations and of their usual
 * rates that these need: a fleet's all would be read with every run.
 */
export async function windowsFor(
  tx: Db,
  procedureId: ProcedureId,
  counted: ToCount[],
): Promise<RolloutWindow[]> {
  const earliest = new Date(Math.min(...counted.map(({ startedAt }) => startedAt))).toISOString()
  const stations = JSON.stringify([...new Set(counted.map(({ stationId }) => stationId))])
  const cells = JSON.stringify([
    ...new Set(['', ...counted.map(({ product, shift }) => cell(product, shift))]),
  ])
  return windows(
    tx,
    procedureId,
    sql`r.ended_at is null or r.ended_at > ${earliest}::timestamptz`,
    sql`s.station_id in (select wanted::uuid from jsonb_array_elements_text(${stations}::text::jsonb) wanted)`,
    sql`(select coalesce(jsonb_object_agg(metric.key, (
          select jsonb_object_agg(wanted.cell, metric.value->wanted.cell)
          from jsonb_array_elements_text(${cells}::text::jsonb) wanted (cell)
          where metric.value->wanted.cell is not null)), '{}'::jsonb)
        from jsonb_each(r.usual_rates) metric)`,
  )
}

/**
 * One rollout's claim on all its runs, with all its usual rates; null before it has started. Its stations come where
 * its gates count what only the process can decide: of the others the database knows them.
 */
export async function windowOf(
  tx: Db,
  procedureId: ProcedureId,
  rolloutId: RolloutId,
): Promise<RolloutWindow | null> {
  const [found] = await windows(
    tx,
    procedureId,
    sql`r.id = ${rolloutId}::uuid`,
    sql`r.state->'plan'->'gates' @> '[{"metric":"custom"}]'::jsonb`,
    sql`r.usual_rates`,
  )
  return found ?? null
}

async function windows(
  tx: Db,
  procedureId: ProcedureId,
  which: SQL,
  ofStation: SQL,
  usualRates: SQL,
): Promise<RolloutWindow[]> {
  const found = await rows<
    Omit<RolloutWindow, 'stations' | 'uncounted' | 'countings'> & {
      stations: { id: StationId; usual: Record<string, number>; uncounted: Uncounted[] | null }[]
    }
  >(
    tx,
    sql`select r.id::text as "rolloutId", r.deployment_id::text as "deploymentId", r.base_deployment_id::text as "baseDeploymentId",
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt", (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          coalesce(r.state->'plan'->'gates', '[]'::jsonb) as gates, ${usualRates} as "usualRates",
          (select coalesce(jsonb_agg(jsonb_build_object('id', s.station_id, 'uncounted', s.progress->'uncounted', 'usual', (
              select coalesce(jsonb_object_agg(p.metric, p.usual), '{}'::jsonb) from station_pasts p
              where p.procedure_id = s.procedure_id and p.rollout_id = s.rollout_id and p.station_id = s.station_id
                and p.usual is not null))), '[]'::jsonb)
            from rollout_stations s
            where s.procedure_id = r.procedure_id and s.rollout_id = r.id and ${ofStation}) as stations
        from rollouts r
        where r.procedure_id = ${procedureId}::uuid and r.started_at is not null and (${which})`,
  )
  return found.map(({ stations, ...window }) => ({
    ...window,
    countings: countings(window.gates),
    stations: new Map(stations.map(({ id, usual }) => [id, new Map(Object.entries(usual))])),
    uncounted: new Map(stations.flatMap(({ id, uncounted }) => (uncounted ? [[id, uncounted]] : []))),
  }))
}
