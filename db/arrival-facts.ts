// What must be known before runs can be attributed: their procedures, which builds are these', and clocks of stations.
import { sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { preparedRows } from './prepared.ts'

/** `deployments`: those of the ones asked for that are the procedure's own. */
export type ArrivalFacts = {
  procedures: Map<ProcedureId, { zone: string; deployments: Set<DeploymentId> }>
  /** By how much clocks are known to be ahead, in milliseconds. */
  clocksAhead: Map<StationId, number | null>
}

/** Procedures and stations that nobody knows are left out. */
export async function arrivalFacts(
  tx: Db,
  asked: { procedures: Map<ProcedureId, Iterable<DeploymentId>>; stations: Iterable<StationId> },
): Promise<ArrivalFacts> {
  const procedures = [...asked.procedures].map(([id, deployments]) => ({ id, deployments: [...deployments] }))
  const [found] = await preparedRows<{
    procedures: { id: ProcedureId; zone: string; deployments: DeploymentId[] }[]
    stations: { id: StationId; clockAheadMs: number | null }[]
  }>(
    tx,
    'facts of arrivals',
    sql`select (
          select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'zone', p.zone, 'deployments', (
            select coalesce(jsonb_agg(d.id), '[]'::jsonb)
            from jsonb_array_elements_text(asked.deployments) said (id)
              join deployments d on d.id = said.id::uuid and d.procedure_id = p.id))), '[]'::jsonb)
          from jsonb_to_recordset(${JSON.stringify(procedures)}::text::jsonb) as asked (id uuid, deployments jsonb)
            join procedures p on p.id = asked.id) as procedures, (
          select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'clockAheadMs', s.clock_ahead_ms)), '[]'::jsonb)
          from jsonb_array_elements_text(${JSON.stringify([...asked.stations])}::text::jsonb) reporting (id)
            join stations s on s.id = reporting.id::uuid) as stations`,
  )
  return {
    procedures: new Map(
      found?.procedures.map(({ id, zone, deployments }) => [id, { zone, deployments: new Set(deployments) }]),
    ),
    clocksAhead: new Map(found?.stations.map(({ id, clockAheadMs }) => [id, clockAheadMs])),
  }
}

/** Rows are locked in one order, so that two batches at once cannot wait for each other. */
export async function noteClocks(
  tx: Db,
  clocks: { stationId: StationId; clockAheadMs: number | null }[],
): Promise<void> {
  await tx.execute(
    sql`with asked as (
          select * from jsonb_to_recordset(${JSON.stringify(clocks)}::text::jsonb) as asked ("stationId" uuid, "clockAheadMs" float8)),
        held as (
          select id from stations where id in (select "stationId" from asked) order by id for no key update)
        update stations s set clock_ahead_ms = asked."clockAheadMs"
        from asked join held on held.id = asked."stationId" where s.id = held.id`,
  )
}
