// Replays of plans over stored history, as they are kept.
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../server/domain/actor.ts'
import type { KeptReplay, Replays } from '../server/domain/backtest/kept-replay.ts'
import type { ReplayAsked } from '../server/domain/backtest/replay-asked.ts'
import type { ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Db } from './client.ts'
import { replays } from './schema/rollouts.ts'

/** Of each procedure. */
const mostKept = 20

/** Forgets the oldest ones of the procedure. */
export async function addReplay(
  db: Db,
  begun: { procedureId: ProcedureId; asked: ReplayAsked; by: Actor; at: Instant },
): Promise<number> {
  const { procedureId, asked, by } = begun
  const at = new Date(begun.at)
  const [made] = await db
    .insert(replays)
    .values({ procedureId, asked, by, startedAt: at, touchedAt: at })
    .returning({ id: replays.id })
  if (!made) throw new Error('a replay was not stored')
  await db.execute(
    sql`delete from replays where procedure_id = ${procedureId}::uuid and id <= (select id from replays
          where procedure_id = ${procedureId}::uuid order by id desc offset ${mostKept} limit 1)`,
  )
  return made.id
}

export async function touchReplay(
  db: Db,
  of: { procedureId: ProcedureId; id: number },
  change: Partial<Pick<KeptReplay, 'progress' | 'result' | 'failedWhy'>> & { at: Instant; isOver?: boolean },
): Promise<void> {
  const { at, isOver = false, ...rest } = change
  const moment = new Date(at)
  await db
    .update(replays)
    .set({ ...rest, touchedAt: moment, ...(isOver ? { endedAt: moment } : {}) })
    .where(and(eq(replays.procedureId, of.procedureId), eq(replays.id, of.id)))
}

/** The last that has ended, and the last that has not. */
export async function lastReplays(db: Db, procedureId: ProcedureId): Promise<Replays> {
  const newest = (over: boolean) =>
    db
      .select()
      .from(replays)
      .where(
        and(
          eq(replays.procedureId, procedureId),
          over ? isNotNull(replays.endedAt) : isNull(replays.endedAt),
        ),
      )
      .orderBy(desc(replays.id))
      .limit(1)
  const [[ended], [open]] = [await newest(true), await newest(false)]
  return { ended: ended ? kept(ended) : null, open: open ? kept(open) : null }
}

function kept(row: typeof replays.$inferSelect): KeptReplay {
  return {
    ...row,
    startedAt: row.startedAt.getTime(),
    touchedAt: row.touchedAt.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
  }
}
