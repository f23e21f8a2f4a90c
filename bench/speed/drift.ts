// What is stored against what was acknowledged, and the tallies against what counting all runs anew gives.
import { sql } from 'drizzle-orm'
import { type Db, openDatabase, rows } from '../../db/client.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import type { Fleet } from './fleet.ts'
import type { Where } from './place.ts'

export type Drift = {
  stored: number
  /** Acknowledged and not stored. */
  missing: number
  /** Stored and never acknowledged. */
  extra: number
  /** Rows of first attempts and tallies that differ from those of a recount. */
  differing: number
}

/** The service must not run on it. */
export async function driftOf(where: Where, fleet: Fleet, acknowledged: ReadonlySet<string>): Promise<Drift> {
  const database = await openDatabase(where)
  try {
    const { db } = database
    const found = await rows<{ id: string }>(
      db,
      sql`select id::text as id from runs where procedure_id = ${fleet.procedureId}::uuid`,
    )
    const stored = new Set(found.map(({ id }) => id))
    const counted = await countedRows(db)
    await db.transaction((tx: Db) => rebuildTallies(tx, fleet.procedureId))
    const recounted = await countedRows(db)
    return {
      stored: stored.size,
      missing: countWithout(acknowledged, stored),
      extra: countWithout(stored, acknowledged),
      differing: countWithout(counted, recounted) + countWithout(recounted, counted),
    }
  } finally {
    await database.close()
  }
}

/** Those of nothing aside: a count that went up and down again leaves one. Sums of fractions depend on their order. */
async function countedRows(db: Db): Promise<Set<string>> {
  const found = await rows<{ row: string }>(
    db,
    sql`select 'attempt ' || to_jsonb(t)::text as row from first_attempts t
        union all select 'hour ' || to_jsonb(t)::text from hourly_tallies t where runs <> 0 or units <> 0
        union all select 'arm ' || to_jsonb(t)::text from arm_tallies t where runs <> 0 or units <> 0
        union all select 'metric ' || (to_jsonb(t) || jsonb_build_object('expected', round(expected::numeric, 6)))::text
          from metric_tallies t where n <> 0`,
  )
  return new Set(found.map(({ row }) => row))
}

function countWithout(all: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...all].filter((each) => !others.has(each)).length
}
