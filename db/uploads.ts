// Files that stations put here before they import them, kept as text until then.
import { and, eq, isNull, lt } from 'drizzle-orm'
import type { RunId, StationId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { uploads } from './schema/stations.ts'

export async function addUpload(
  db: Db,
  upload: { id: string; stationId: StationId; name: string; createdAt: Date },
): Promise<void> {
  await db.insert(uploads).values(upload)
}

/** False when there is no such upload, or it has its content already, or has been imported. */
export async function fillUpload(db: Db, id: string, content: string): Promise<boolean> {
  const filled = await db
    .update(uploads)
    .set({ content })
    .where(and(eq(uploads.id, id), isNull(uploads.content), isNull(uploads.runId)))
    .returning({ id: uploads.id })
  return filled.length > 0
}

export async function uploadOf(
  db: Db,
  id: string,
  stationId: StationId,
): Promise<{ content: string | null; runId: RunId | null } | null> {
  const [found] = await db
    .select({ content: uploads.content, runId: uploads.runId })
    .from(uploads)
    .where(and(eq(uploads.id, id), eq(uploads.stationId, stationId)))
  return found ?? null
}

/** The run holds all of it from now on: the text goes. */
export async function closeUpload(db: Db, id: string, runId: RunId): Promise<void> {
  await db.update(uploads).set({ runId, content: null }).where(eq(uploads.id, id))
}

export async function dropUploads(db: Db, before: Date): Promise<void> {
  await db.delete(uploads).where(lt(uploads.createdAt, before))
}
