// The tables are ready to be distributed by procedure: what belongs together lies together, and no key spans procedures.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const { db } = await openTestDatabase()

/** Small, seldom written, or of no procedure: each node of a distributed database has them whole. */
const everywhere = [
  'access_events',
  'api_token_secrets',
  'api_tokens',
  'commands',
  'commit_reports',
  'deployments',
  'kept_settings',
  'policies',
  'procedures',
  'sessions',
  'slack_events',
  'slack_installations',
  'slack_people',
  'slack_posts',
  'station_errors',
  'station_events',
  'station_keys',
  'stations',
  // Written when a build or a station is first seen there: which is which.
  'tofupilot_deployments',
  'tofupilot_procedures',
  'tofupilot_stations',
  'uploads',
  'webhook_deliveries',
  'webhook_endpoints',
  // Thirty days of what endpoints were told, some of which is of no procedure.
  'webhook_messages',
]

/** `columns` of each unique index; of one over an expression its columns beside that. */
const uniqueKeys = await rows<{ table: string; key: string; columns: string[] }>(
  db,
  sql`select t.relname::text as table, i.relname::text as key, coalesce((
        select json_agg(a.attname order by a.attname) from pg_attribute a
        where a.attrelid = t.oid and a.attnum = any (x.indkey::int2[])), '[]'::json) as columns
      from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
      where t.relnamespace = 'public'::regnamespace and x.indisunique`,
)

/** `pairs`: each column with the one that it refers to. */
const foreignKeys = await rows<{ table: string; key: string; to: string; pairs: string[] }>(
  db,
  sql`select t.relname::text as table, c.conname::text as key, o.relname::text as to, (
        select json_agg(a.attname || ' = ' || b.attname)
        from unnest(c.conkey, c.confkey) as k (own, other)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
        join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.other) as pairs
      from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class o on o.oid = c.confrelid
      where t.relnamespace = 'public'::regnamespace and c.contype = 'f'`,
)

test('every table is of a procedure, or one of those that are everywhere', async () => {
  const found = await rows<{ table: string }>(
    db,
    sql`select t.relname::text as table from pg_class t
        where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and not exists (
          select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'procedure_id' and a.attnotnull)`,
  )
  const without = found.map(({ table }) => table)
  expect(without.filter((table) => !everywhere.includes(table))).toEqual([])
})

test('every unique key of a table that is distributed has the procedure in it', () => {
  const own = uniqueKeys.filter(({ table }) => !everywhere.includes(table))
  expect(own.map(({ table }) => table)).toEqual(
    expect.arrayContaining([
      'runs',
      'first_attempts',
      'hourly_tallies',
      'arm_tallies',
      'metric_tallies',
      'pins',
    ]),
  )
  expect(own.filter(({ columns }) => !columns.includes('procedure_id'))).toEqual([])
})

test('what refers to a distributed table does so within its procedure', () => {
  const within = foreignKeys.filter(({ to }) => !everywhere.includes(to))
  expect(within.map(({ table }) => table)).toEqual(expect.arrayContaining(['events', 'verdicts']))
  expect(within.filter(({ pairs }) => !pairs.includes('procedure_id = procedure_id'))).toEqual([])
})

test('what is everywhere refers to nothing that is distributed', () => {
  expect(
    foreignKeys.filter(({ table, to }) => everywhere.includes(table) && !everywhere.includes(to)),
  ).toEqual([])
})
