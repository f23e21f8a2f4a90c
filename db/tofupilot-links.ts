// Which procedures TofuPilot backs, and which station and build is which there.
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { stationProcedures } from './schema/stations.ts'
import { tofupilotDeployments, tofupilotProcedures, tofupilotStations } from './schema/tofupilot.ts'

export type TofupilotLink = typeof tofupilotProcedures.$inferSelect
type Reading = Partial<Omit<TofupilotLink, 'procedureId' | 'foreignId' | 'linkedAt' | 'linkedBy'>>

export async function tofupilotLink(db: Db, procedureId: ProcedureId): Promise<TofupilotLink | null> {
  const [found] = await db
    .select()
    .from(tofupilotProcedures)
    .where(eq(tofupilotProcedures.procedureId, procedureId))
  return found ?? null
}

export async function tofupilotLinks(db: Db): Promise<TofupilotLink[]> {
  return db.select().from(tofupilotProcedures).orderBy(tofupilotProcedures.linkedAt)
}

/** False: another procedure is linked to it. */
export async function addTofupilotLink(
  tx: Db,
  link: Pick<TofupilotLink, 'procedureId' | 'foreignId' | 'linkedAt' | 'linkedBy'>,
): Promise<boolean> {
  const added = await tx.insert(tofupilotProcedures).values(link).onConflictDoNothing().returning()
  return added.length > 0
}

export async function dropTofupilotLink(tx: Db, procedureId: ProcedureId): Promise<void> {
  await tx.delete(tofupilotProcedures).where(eq(tofupilotProcedures.procedureId, procedureId))
}

export async function noteReading(db: Db, procedureId: ProcedureId, reading: Reading): Promise<void> {
  await db.update(tofupilotProcedures).set(reading).where(eq(tofupilotProcedures.procedureId, procedureId))
}

/** Keeps since when it fails. */
export async function noteFailing(db: Db, procedureId: ProcedureId, why: string, at: Date): Promise<void> {
  await db
    .update(tofupilotProcedures)
    .set({
      error: why,
      failingSince: sql`coalesce(${tofupilotProcedures.failingSince}, ${at.toISOString()}::timestamptz)`,
    })
    .where(eq(tofupilotProcedures.procedureId, procedureId))
}

/** Of those linked to the procedure here. */
export async function foreignStations(db: Db, procedureId: ProcedureId): Promise<Map<string, StationId>> {
  const found = await db
    .select({ id: tofupilotStations.stationId, foreignId: tofupilotStations.foreignId })
    .from(tofupilotStations)
    .innerJoin(stationProcedures, eq(stationProcedures.stationId, tofupilotStations.stationId))
    .where(eq(stationProcedures.procedureId, procedureId))
  return new Map(found.map(({ id, foreignId }) => [foreignId, id]))
}

export async function stationsByForeignId(db: Db, foreignIds: string[]): Promise<Map<string, StationId>> {
  if (foreignIds.length === 0) return new Map()
  const found = await db
    .select()
    .from(tofupilotStations)
    .where(inArray(tofupilotStations.foreignId, foreignIds))
  return new Map(found.map(({ stationId, foreignId }) => [foreignId, stationId]))
}

export async function nameForeignStation(tx: Db, stationId: StationId, foreignId: string): Promise<void> {
  await tx
    .insert(tofupilotStations)
    .values({ stationId, foreignId })
    .onConflictDoUpdate({ target: tofupilotStations.stationId, set: { foreignId } })
}

/** Newest first: builds that ran lately are the likeliest. */
export async function foreignBuilds(db: Db, procedureId: ProcedureId): Promise<Map<DeploymentId, string>> {
  const found = await db
    .select()
    .from(tofupilotDeployments)
    .where(eq(tofupilotDeployments.procedureId, procedureId))
  return new Map(found.map(({ deploymentId, foreignId }) => [deploymentId, foreignId]))
}

export async function foreignBuild(
  db: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
): Promise<string | null> {
  const [found] = await db
    .select()
    .from(tofupilotDeployments)
    .where(
      and(
        eq(tofupilotDeployments.procedureId, procedureId),
        eq(tofupilotDeployments.deploymentId, deploymentId),
      ),
    )
  return found?.foreignId ?? null
}

/** False: another build has that name there. */
export async function nameForeignBuild(
  tx: Db,
  build: { deploymentId: DeploymentId; procedureId: ProcedureId; foreignId: string },
): Promise<boolean> {
  const added = await tx.insert(tofupilotDeployments).values(build).onConflictDoNothing().returning()
  return added.length > 0
}
