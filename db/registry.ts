// The registry: procedures, their deployments, stations and which procedures they run.
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { DeploymentId, ProcedureId, StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { announceStations } from './pins.ts'
import { deployments, procedureEvents, procedures } from './schema/procedures.ts'
import { pins, stationProcedures, stations } from './schema/stations.ts'

export type Procedure = typeof procedures.$inferSelect
export type Deployment = typeof deployments.$inferSelect
export type Station = typeof stations.$inferSelect

/** Null when the name is taken. */
export async function addProcedure(
  db: Db,
  procedure: typeof procedures.$inferInsert,
): Promise<Procedure | null> {
  const [added] = await db.insert(procedures).values(procedure).onConflictDoNothing().returning()
  return added ?? null
}

export async function addDeployment(
  db: Db,
  deployment: typeof deployments.$inferInsert,
): Promise<Deployment | null> {
  const [added] = await db.insert(deployments).values(deployment).onConflictDoNothing().returning()
  return added ?? null
}

export async function addStation(db: Db, station: typeof stations.$inferInsert): Promise<Station | null> {
  const [added] = await db.insert(stations).values(station).onConflictDoNothing().returning()
  return added ?? null
}

export async function allProcedures(db: Db): Promise<Procedure[]> {
  return db
    .select()
    .from(procedures)
    .orderBy(asc(sql`lower(${procedures.name})`))
}

export async function procedureById(db: Db, id: ProcedureId): Promise<Procedure | null> {
  const [found] = await db.select().from(procedures).where(eq(procedures.id, id))
  return found ?? null
}

export async function procedureByName(db: Db, name: string): Promise<Procedure | null> {
  const [found] = await db
    .select()
    .from(procedures)
    .where(eq(sql`lower(${procedures.name})`, name.toLowerCase()))
  return found ?? null
}

export async function procedureByIdentifier(db: Db, identifier: string): Promise<Procedure | null> {
  const [found] = await db
    .select()
    .from(procedures)
    .where(eq(sql`lower(${procedures.identifier})`, identifier.toLowerCase()))
    .orderBy(asc(procedures.createdAt))
  return found ?? null
}

export async function changeProcedure(
  db: Db,
  id: ProcedureId,
  change: Partial<Omit<Procedure, 'id'>>,
): Promise<Procedure | null> {
  const [changed] = await db.update(procedures).set(change).where(eq(procedures.id, id)).returning()
  // Stations are answered with its name.
  if (change.name !== undefined)
    await announceStations(
      db,
      sql`select station_id from station_procedures where procedure_id = ${id}::uuid`,
    )
  return changed ?? null
}

export async function recordProcedureEvent(
  tx: Db,
  event: { procedureId: ProcedureId; type: string; body: Record<string, unknown>; at: Date },
): Promise<number> {
  const [added] = await tx.insert(procedureEvents).values(event).returning({ id: procedureEvents.id })
  if (!added) throw new Error('an event of a procedure was not stored')
  return added.id
}

/** Newest first. */
export async function deploymentsOf(db: Db, procedureId: ProcedureId): Promise<Deployment[]> {
  return db
    .select()
    .from(deployments)
    .where(eq(deployments.procedureId, procedureId))
    .orderBy(desc(deployments.createdAt), desc(deployments.version))
}

export async function deploymentById(db: Db, id: DeploymentId): Promise<Deployment | null> {
  const [found] = await db.select().from(deployments).where(eq(deployments.id, id))
  return found ?? null
}

/** A deployment becomes the active one of its procedure; the former stays known as what to go back to. */
export async function activateDeployment(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  now: Date,
  autoPush?: boolean,
): Promise<void> {
  await tx
    .update(procedures)
    .set({
      activeDeploymentId: deploymentId,
      formerDeploymentId: sql`case when ${procedures.activeDeploymentId} = ${deploymentId}::uuid then ${procedures.formerDeploymentId} else ${procedures.activeDeploymentId} end`,
      ...(autoPush === undefined ? {} : { autoPush }),
    })
    .where(eq(procedures.id, procedureId))
  await tx
    .update(deployments)
    .set({ completedAt: now })
    .where(and(eq(deployments.id, deploymentId), isNull(deployments.completedAt)))
}

export async function allStations(db: Db): Promise<Station[]> {
  return db
    .select()
    .from(stations)
    .orderBy(asc(sql`lower(${stations.name})`))
}

export async function stationById(db: Db, id: StationId): Promise<Station | null> {
  const [found] = await db.select().from(stations).where(eq(stations.id, id))
  return found ?? null
}

export async function stationByName(db: Db, name: string): Promise<Station | null> {
  const [found] = await db
    .select()
    .from(stations)
    .where(eq(sql`lower(${stations.name})`, name.toLowerCase()))
  return found ?? null
}

export async function changeStation(
  db: Db,
  id: StationId,
  change: Partial<Omit<Station, 'id'>>,
): Promise<Station | null> {
  const [changed] = await db.update(stations).set(change).where(eq(stations.id, id)).returning()
  if (change.name !== undefined) await announceStations(db, sql`select ${id}::uuid as station_id`)
  return changed ?? null
}

export async function stationsOf(db: Db, procedureId: ProcedureId): Promise<Station[]> {
  const linked = db
    .select({ id: stationProcedures.stationId })
    .from(stationProcedures)
    .where(eq(stationProcedures.procedureId, procedureId))
  return db
    .select()
    .from(stations)
    .where(inArray(stations.id, linked))
    .orderBy(asc(sql`lower(${stations.name})`))
}

export async function proceduresById(db: Db, ids: ProcedureId[]): Promise<Map<ProcedureId, Procedure>> {
  if (ids.length === 0) return new Map()
  const found = await db.select().from(procedures).where(inArray(procedures.id, ids))
  return new Map(found.map((each) => [each.id, each]))
}

export async function deploymentsById(db: Db, ids: DeploymentId[]): Promise<Map<DeploymentId, Deployment>> {
  if (ids.length === 0) return new Map()
  const found = await db.select().from(deployments).where(inArray(deployments.id, ids))
  return new Map(found.map((each) => [each.id, each]))
}

export async function stationCount(db: Db, procedureId: ProcedureId): Promise<number> {
  return db.$count(stationProcedures, eq(stationProcedures.procedureId, procedureId))
}

export async function stationsById(db: Db, ids: StationId[]): Promise<Station[]> {
  return ids.length === 0 ? [] : db.select().from(stations).where(inArray(stations.id, ids))
}

export async function linkStation(
  tx: Db,
  procedureId: ProcedureId,
  stationId: StationId,
  now: Date,
): Promise<boolean> {
  const added = await tx
    .insert(stationProcedures)
    .values({ procedureId, stationId, linkedAt: now })
    .onConflictDoNothing()
    .returning({ id: stationProcedures.stationId })
  if (added.length > 0) await announceStations(tx, sql`select ${stationId}::uuid as station_id`)
  return added.length > 0
}

export async function unlinkStation(
  tx: Db,
  procedureId: ProcedureId,
  stationId: StationId,
): Promise<boolean> {
  const gone = await tx
    .delete(stationProcedures)
    .where(and(eq(stationProcedures.procedureId, procedureId), eq(stationProcedures.stationId, stationId)))
    .returning({ id: stationProcedures.stationId })
  if (gone.length > 0) await announceStations(tx, sql`select ${stationId}::uuid as station_id`)
  return gone.length > 0
}

/** The procedures that a station runs. */
export async function proceduresOf(db: Db, stationId: StationId): Promise<ProcedureId[]> {
  const found = await db
    .select({ id: stationProcedures.procedureId })
    .from(stationProcedures)
    .where(eq(stationProcedures.stationId, stationId))
    .orderBy(asc(stationProcedures.procedureId))
  return found.map((row) => row.id)
}

export async function isLinked(db: Db, procedureId: ProcedureId, stationId: StationId): Promise<boolean> {
  const found = await db
    .select({ id: stationProcedures.stationId })
    .from(stationProcedures)
    .where(and(eq(stationProcedures.procedureId, procedureId), eq(stationProcedures.stationId, stationId)))
  return found.length > 0
}

export async function pinnedDeployment(
  db: Db,
  procedureId: ProcedureId,
  stationId: StationId,
): Promise<DeploymentId | null> {
  const [found] = await db
    .select({ id: pins.deploymentId })
    .from(pins)
    .where(and(eq(pins.procedureId, procedureId), eq(pins.stationId, stationId), isNull(pins.toAt)))
  return found?.id ?? null
}

/** What each build of the procedure is called. */
export async function versionsOf(db: Db, procedureId: ProcedureId): Promise<Map<DeploymentId, string>> {
  const found = await db
    .select({ id: deployments.id, version: deployments.version })
    .from(deployments)
    .where(eq(deployments.procedureId, procedureId))
  return new Map(found.map(({ id, version }) => [id, version]))
}
