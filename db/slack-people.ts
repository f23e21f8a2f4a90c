// What people of a Slack workspace asked for themselves, and when they last looked at their Home.
import { and, eq, gte } from 'drizzle-orm'
import type { Db } from './client.ts'
import { slackPeople } from './schema/doors.ts'

export async function findSlackPerson(db: Db, team: string, user: string): Promise<{ direct: boolean }> {
  const [found] = await db
    .select({ direct: slackPeople.direct })
    .from(slackPeople)
    .where(and(eq(slackPeople.teamId, team), eq(slackPeople.userId, user)))
  return found ?? { direct: false }
}

export async function setDirect(db: Db, team: string, user: string, direct: boolean): Promise<void> {
  await save(db, team, user, { direct })
}

export async function openedHome(db: Db, team: string, user: string, at: number): Promise<void> {
  await save(db, team, user, { homeOpenedAt: new Date(at) })
}

/** Who opened their Home at this moment or later. */
export async function lookingAtHome(db: Db, since: number): Promise<{ team: string; user: string }[]> {
  return db
    .select({ team: slackPeople.teamId, user: slackPeople.userId })
    .from(slackPeople)
    .where(gte(slackPeople.homeOpenedAt, new Date(since)))
    .orderBy(slackPeople.teamId, slackPeople.userId)
}

async function save(
  db: Db,
  teamId: string,
  userId: string,
  set: { direct: boolean } | { homeOpenedAt: Date },
): Promise<void> {
  await db
    .insert(slackPeople)
    .values({ teamId, userId, ...set })
    .onConflictDoUpdate({ target: [slackPeople.teamId, slackPeople.userId], set })
}
