// Secrets that the service makes for itself, once, and keeps: replicas share the one that was first.
import { eq } from 'drizzle-orm'
import type { Db } from './client.ts'
import { keptSettings } from './schema/doors.ts'

export async function keptSetting(db: Db, name: string, make: () => string): Promise<string> {
  await db.insert(keptSettings).values({ name, value: make() }).onConflictDoNothing()
  const [found] = await db.select().from(keptSettings).where(eq(keptSettings.name, name))
  if (!found) throw new Error(`the kept setting ${name} is gone`)
  return found.value
}
