// Pickups: what each station acknowledged, with its history as half-open intervals.
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Db } from './client.ts'
import { preparedRows } from './prepared.ts'
import { pickups } from './schema/stations.ts'

export type Pickup = {
  procedureId: ProcedureId
  stationId: StationId
  deploymentId: DeploymentId
  state: 'pulled' | 'running' | 'failed'
  message: string | null
}

/** Ends the present interval and begins one; the same acknowledgement again changes nothing. */
export async function recordPickup(tx: Db, pickup: Pickup, now: Instant): Promise<void> {
  // Two acknowledgements at once would both find the same present interval: the station's row lets one in at a time.
  await tx.execute(sql`select 1 from stations where id = ${pickup.stationId}::uuid for no key update`)
  const ofStation = and(eq(pickups.procedureId, pickup.procedureId), eq(pickups.stationId, pickup.stationId))
  const [present] = await tx
    .select()
    .from(pickups)
    .where(and(ofStation, isNull(pickups.toAt)))
    .orderBy(desc(pickups.id))
    .limit(1)
  if (
    present?.deploymentId === pickup.deploymentId &&
    present.state === pickup.state &&
    present.message === pickup.message
  )
    return
  const at = new Date(now)
  await tx
    .update(pickups)
    .set({ toAt: sql`greatest(${at.toISOString()}::timestamptz, ${pickups.fromAt})` })
    .where(and(ofStation, isNull(pickups.toAt)))
  await tx.insert(pickups).values({ ...pickup, fromAt: at })
}

/**
 * What each station had acknowledged to run for that procedure at that moment, in the order asked. A station that never
 * says `running` is taken at its last `pulled`; a failed take leaves the build before it in place.
 */
export async function acknowledgedAt(
  db: Db,
  asked: { procedureId: ProcedureId; stationId: StationId; moment: Instant }[],
): Promise<(DeploymentId | null)[]> {
  if (asked.length === 0) return []
  const moments = asked.map(({ moment, ...where }) => ({ ...where, moment: new Date(moment).toISOString() }))
  const found = await preparedRows<{ place: number; id: DeploymentId }>(
    db,
    'acknowledged at moments',
    sql`select asked.place::int as place, d.id::text as id
        from rows from (jsonb_to_recordset(${JSON.stringify(moments)}::text::jsonb)
            as ("procedureId" uuid, "stationId" uuid, moment timestamptz))
          with ordinality as asked ("procedureId", "stationId", moment, place)
        cross join lateral (select deployment_id as id from pickups
          where procedure_id = asked."procedureId" and station_id = asked."stationId" and from_at <= asked.moment
            and state <> 'failed'
          order by state = 'running' desc, from_at desc, id desc limit 1) present
        join deployments d on d.id = present.id and d.procedure_id = asked."procedureId"`,
  )
  const byPlace = new Map(found.map(({ place, id }) => [place, id]))
  return asked.map((_, index) => byPlace.get(index + 1) ?? null)
}
