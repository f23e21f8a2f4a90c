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
import { preparedRows } from './prepared.ts'

export type RolloutWindow = Window & { gates: Gate[] }

/** What will be counted: where it was, on which product and shift, and when. */
type ToCount = { stationId: StationId; product: string | null; shift: number; startedAt: Instant }

/**
 * Rollouts that may claim these runs or attempts of their procedures, with those of their stations and of their usual
 * rates that these need: a fleet's all would be read with every run.
 */
export async function windowsFor(
  tx: Db,
  counted: { procedureId: ProcedureId; toCount: ToCount[] }[],
): Promise<Map<ProcedureId, RolloutWindow[]>> {
  const asked = counted.map(({ procedureId, toCount }) => ({
    procedureId,
    earliest: new Date(Math.min(...toCount.map(({ startedAt }) => startedAt))).toISOString(),
    stations: [...new Set(toCount.map(({ stationId }) => stationId))],
    cells: [...new Set(['', ...toCount.map(({ product, shift }) => cell(product, shift))])],
  }))
  const found = await preparedRows<WindowRow>(
    tx,
    'windows for runs',
    windows({
      from: sql`jsonb_to_recordset(${JSON.stringify(asked)}::text::jsonb)
            as asked ("procedureId" uuid, earliest timestamptz, stations jsonb, cells jsonb)
          join rollouts r on r.procedure_id = asked."procedureId" and (r.ended_at is null or r.ended_at > asked.earliest)`,
      ofStation: sql`s.station_id in (select wanted::uuid from jsonb_array_elements_text(asked.stations) wanted)`,
      usualRates: sql`(select coalesce(jsonb_object_agg(metric.key, (
          select jsonb_object_agg(wanted.cell, metric.value->wanted.cell)
          from jsonb_array_elements_text(asked.cells) wanted (cell)
          where metric.value->wanted.cell is not null)), '{}'::jsonb)
        from jsonb_each(r.usual_rates) metric)`,
    }),
  )
  return new Map(
    [...Map.groupBy(found, (row) => row.procedureId)].map(([id, own]) => [id, own.map(windowIn)]),
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
  const [found] = await rows<WindowRow>(
    tx,
    windows({
      from: sql`rollouts r`,
      which: sql`r.procedure_id = ${procedureId}::uuid and r.id = ${rolloutId}::uuid`,
      ofStation: sql`r.state->'plan'->'gates' @> '[{"metric":"custom"}]'::jsonb`,
      usualRates: sql`r.usual_rates`,
    }),
  )
  return found ? windowIn(found) : null
}

type WindowRow = Omit<RolloutWindow, 'stations' | 'uncounted' | 'countings'> & {
  procedureId: ProcedureId
  stations: { id: StationId; usual: Record<string, number>; uncounted: Uncounted[] | null }[]
}

function windows(of: { from: SQL; which?: SQL; ofStation: SQL; usualRates: SQL }): SQL {
  return sql`select r.procedure_id::text as "procedureId", r.id::text as "rolloutId", r.deployment_id::text as "deploymentId",
          r.base_deployment_id::text as "baseDeploymentId",
          (extract(epoch from r.started_at) * 1000)::float8 as "startedAt", (extract(epoch from r.ended_at) * 1000)::float8 as "endedAt",
          coalesce(r.state->'plan'->'gates', '[]'::jsonb) as gates, ${of.usualRates} as "usualRates",
          (select coalesce(jsonb_agg(jsonb_build_object('id', s.station_id, 'uncounted', s.progress->'uncounted', 'usual', (
              select coalesce(jsonb_object_agg(p.metric, p.usual), '{}'::jsonb) from station_pasts p
              where p.procedure_id = s.procedure_id and p.rollout_id = s.rollout_id and p.station_id = s.station_id
                and p.usual is not null))), '[]'::jsonb)
            from rollout_stations s
            where s.procedure_id = r.procedure_id and s.rollout_id = r.id and ${of.ofStation}) as stations
        from ${of.from}
        where r.started_at is not null and (${of.which ?? sql`true`})`
}

function windowIn({ stations, procedureId: _, ...window }: WindowRow): RolloutWindow {
  return {
    ...window,
    countings: countings(window.gates),
    stations: new Map(stations.map(({ id, usual }) => [id, new Map(Object.entries(usual))])),
    uncounted: new Map(stations.flatMap(({ id, uncounted }) => (uncounted ? [[id, uncounted]] : []))),
  }
}
