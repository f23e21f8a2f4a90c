// Workspaces that installed the app by OAuth, and whether they still have it.
import { and, eq, isNull, lt } from 'drizzle-orm'
import type { Db } from './client.ts'
import { slackInstallations } from './schema/doors.ts'

type Installed = { team: string; teamName: string; sealed: string; installedBy: string; installedAt: number }
type Installation = Installed & { ended: { at: number; why: string } | null }

export async function findSlackInstallation(db: Db, team: string): Promise<Installation | null> {
  const [found] = await db.select().from(slackInstallations).where(eq(slackInstallations.teamId, team))
  return found ? installation(found) : null
}

/** Null when there is none that has not ended, or more than one. */
export async function onlySlackInstallation(db: Db): Promise<Installation | null> {
  const found = await db.select().from(slackInstallations).where(isNull(slackInstallations.endedAt)).limit(2)
  const [only] = found
  return only && found.length === 1 ? installation(only) : null
}

/** A workspace that installs again is no longer ended. */
export async function saveSlackInstallation(db: Db, { team, ...installed }: Installed): Promise<void> {
  const row = { ...installed, installedAt: new Date(installed.installedAt), endedAt: null, endedWhy: null }
  await db
    .insert(slackInstallations)
    .values({ teamId: team, ...row })
    .onConflictDoUpdate({ target: slackInstallations.teamId, set: row })
}

/** Changes nothing when it was installed anew meanwhile. */
export async function resealSlackInstallation(
  db: Db,
  team: string,
  before: string,
  sealed: string,
): Promise<void> {
  await db
    .update(slackInstallations)
    .set({ sealed })
    .where(and(eq(slackInstallations.teamId, team), eq(slackInstallations.sealed, before)))
}

/** False when there was none, it had ended already, or it was installed anew at this moment or later. */
export async function endSlackInstallation(db: Db, team: string, why: string, at: number): Promise<boolean> {
  const moment = new Date(at)
  const ended = await db
    .update(slackInstallations)
    .set({ endedAt: moment, endedWhy: why })
    .where(
      and(
        eq(slackInstallations.teamId, team),
        isNull(slackInstallations.endedAt),
        lt(slackInstallations.installedAt, moment),
      ),
    )
    .returning({ team: slackInstallations.teamId })
  return ended.length === 1
}

function installation(row: typeof slackInstallations.$inferSelect): Installation {
  const { teamId: team, teamName, sealed, installedBy, installedAt, endedAt, endedWhy } = row
  const ended = endedAt === null ? null : { at: endedAt.getTime(), why: endedWhy ?? 'ended' }
  return { team, teamName, sealed, installedBy, installedAt: installedAt.getTime(), ended }
}
