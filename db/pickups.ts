// Pickups: what each station acknowledged, with its history as half-open intervals.
import { and, desc, eq, isNull, lte, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Db } from './client.ts'
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
 * What the station had acknowledged to run for that procedure at a moment. A station that never says `running` is
 * taken at its last `pulled`; a failed take leaves the build before it in place.
 */
export async function acknowledgedAt(
  db: Db,
  procedureId: ProcedureId,
  stationId: StationId,
  moment: Instant,
): Promise<DeploymentId | null> {
  const [found] = await db
    .select({ id: pickups.deploymentId })
    .from(pickups)
    .where(
      and(
        eq(pickups.procedureId, procedureId),
        eq(pickups.stationId, stationId),
        lte(pickups.fromAt, new Date(moment)),
        sql`${pickups.state} <> 'failed'`,
      ),
    )
    .orderBy(desc(sql`${pickups.state} = 'running'`), desc(pickups.fromAt), desc(pickups.id))
    .limit(1)
  return found?.id ?? null
}
