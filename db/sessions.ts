// Sessions of browsers: known by the hash of their token alone, so that who reads the table can open none of them.
import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { RolloutId } from '../server/domain/ids.ts'
import type { Db } from './client.ts'
import { sessions } from './schema/doors.ts'

/** `rolloutId`: the one rollout that it may see; null: everything. `person`: null for whoever had a rollout's link. */
export type Session = {
  rolloutId: RolloutId | null
  person: { team: string; user: string; name: string } | null
  createdAt: number
  expiresAt: number
}

export async function keepSession(db: Db, tokenHash: string, session: Session): Promise<void> {
  const { createdAt, expiresAt } = session
  await db
    .insert(sessions)
    .values({ ...session, tokenHash, createdAt: new Date(createdAt), expiresAt: new Date(expiresAt) })
}

/** Null when there is none, or it has expired or ended. */
export async function liveSession(db: Db, tokenHash: string, now: number): Promise<Session | null> {
  const [found] = await db
    .select()
    .from(sessions)
    .where(
      and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, new Date(now)), isNull(sessions.endedAt)),
    )
  if (!found) return null
  const { rolloutId, person, createdAt, expiresAt } = found
  return { rolloutId, person, createdAt: createdAt.getTime(), expiresAt: expiresAt.getTime() }
}

export async function endSession(db: Db, tokenHash: string, now: number): Promise<void> {
  await db
    .update(sessions)
    .set({ endedAt: new Date(now) })
    .where(and(eq(sessions.tokenHash, tokenHash), isNull(sessions.endedAt)))
}

/** In whatever browsers. */
export async function endSessionsOf(
  db: Db,
  { team, user }: { team: string; user: string },
  now: number,
): Promise<void> {
  const isTheirs = sql`${sessions.person}->>'team' = ${team} and ${sessions.person}->>'user' = ${user}`
  await db
    .update(sessions)
    .set({ endedAt: new Date(now) })
    .where(and(isTheirs, isNull(sessions.endedAt)))
}

/** Ended ones go with the others, at the moment at which they would have expired. */
export async function forgetExpiredSessions(db: Db, now: number): Promise<void> {
  await db.delete(sessions).where(lte(sessions.expiresAt, new Date(now)))
}
