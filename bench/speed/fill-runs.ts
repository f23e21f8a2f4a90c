// Many stored runs in little time: made by the database itself, counted by the rebuild of the tallies.
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { type Database, openDatabase } from '../../db/client.ts'
import { rebuildTallies } from '../../db/rebuild-tallies.ts'
import type { Fleet } from './fleet.ts'
import type { Where } from './place.ts'

type Filling = { count: number; from: Date; to: Date }

/**
 * Evenly over [from, to) and over the stations, on the build that each of them has. Of a hundred runs two fail, one of five
 * hundred has an error, one in ten is a unit's second.
 */
export async function fillRuns(where: Where, fleet: Fleet, filling: Filling): Promise<void> {
  const database = await openDatabase(where)
  try {
    await insertRuns(database, fleet, filling)
    await database.db.transaction((tx) => rebuildTallies(tx, fleet.procedureId))
    await database.db.execute(sql`analyze`)
  } finally {
    await database.close()
  }
}

/** Not counted yet. In pages, so that none of them is a statement of minutes. */
async function insertRuns(
  { db }: Pick<Database, 'db'>,
  fleet: Fleet,
  { count, from, to }: Filling,
): Promise<void> {
  const stations = JSON.stringify(fleet.stations.map(({ id, deploymentId }) => ({ id, build: deploymentId })))
  const gapMs = (to.getTime() - from.getTime()) / count
  for (let first = 0; first < count; first += page) {
    const last = Math.min(first + page, count) - 1
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local synchronous_commit = off`)
      await tx.execute(
        sql`with fleet as (
              select row_number() over () - 1 as place, s.id, s.build
              from jsonb_to_recordset(${stations}::text::jsonb) as s (id uuid, build uuid)),
            made as (
              select n, n % ${fleet.stations.length}::bigint as place, ${from.toISOString()}::timestamptz + n * ${gapMs}::float8 * interval '1 millisecond' as started_at,
                'u-' || (n / 10 * 10 + least(n % 10, 8)) as unit
              from generate_series(${first}::bigint, ${last}::bigint) n)
            insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome, started_at,
              ended_at, received_at)
            select ${fleet.procedureId}::uuid, (lpad(to_hex((extract(epoch from m.started_at) * 1000)::bigint), 12, '0') || '8' ||
                substr(h.hash, 1, 3) || 'a' || substr(h.hash, 4, 3) || substr(h.hash, 7, 12))::uuid,
              s.id, s.build, 'body', m.unit, m.unit,
              case when m.n % 500 = 11 then 'ERROR' when m.n % 50 = 7 then 'FAIL' else 'PASS' end, m.started_at,
              m.started_at + (30 + m.n % 20) * interval '1 second', m.started_at + interval '60 seconds'
            from made m join fleet s on s.place = m.place cross join lateral (select md5(m.n::text) as hash) h`,
      )
    })
  }
}

const page = 250_000

/**
 * For ten million runs: the indexes of the table are made anew at the end, which takes a tenth of keeping them. Nothing is
 * counted yet.
 */
export async function fillManyRuns(url: string, fleet: Fleet, filling: Filling): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  const database = await openDatabase({ url })
  try {
    const indexes = await client<{ name: string; made: string }[]>`
      select c.relname as name, pg_get_indexdef(c.oid) as made
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = 'runs'::regclass and not i.indisunique`
    for (const { name } of indexes) await client`drop index ${client(name)}`
    await insertRuns(database, fleet, filling)
    await client.unsafe(`set maintenance_work_mem = '1GB'`)
    // Of a partitioned table the text speaks of that table alone, and would make an index that its parts lack.
    for (const { made } of indexes) await client.unsafe(made.replace(' ON ONLY ', ' ON '))
  } finally {
    await database.close()
    await client.end()
  }
}
