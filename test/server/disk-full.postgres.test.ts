// PostgreSQL's disk is full: what cannot be stored is a 503, nothing that was acknowledged is missing, and it goes on once
// there is space. On a file system of its own where this machine lets one be made; else the database is told to say so.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { ingest } from '../../server/ingest.ts'
import { recounted, tallied } from '../support/history.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { testClock } from '../support/test-clock.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const parent = mkdtempSync(join(tmpdir(), 'firstpass-small-disk-'))
const isMounted = mounted()
const server = await startPostgres(['wal_keep_size=0', 'max_wal_size=64MB', 'min_wal_size=32MB'], parent)
const database = await openDatabase(server)
afterAll(async () => {
  await database.close()
  await server.stop().catch(() => {})
  if (isMounted) execFileSync('umount', ['-l', parent])
  rmSync(parent, { recursive: true, force: true })
})
const { now } = testClock()
const { take } = ingest({ database: { ...database, db: database.ingest }, now, stored: () => {} })
const service = await openTestService({ database, take })
const line = await testLine(service, { stations: 1 })

function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', parent], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const filler = join(parent, 'filler')

/** All that is left; without a file system of its own the next statements fail as they would then. */
async function fill(): Promise<void> {
  if (isMounted) {
    const { bavail, bsize } = statfsSync(parent)
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 65_536)))
    return
  }
  await database.db.execute(
    sql`create or replace function disk_is_full() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
  )
  await database.db.execute(
    sql`create trigger full_disk before insert on runs for each row execute function disk_is_full()`,
  )
}

async function makeSpace(): Promise<void> {
  if (isMounted) rmSync(filler)
  else await database.db.execute(sql`drop trigger full_disk on runs`)
}

test('runs are refused until there is space, and each that was acknowledged is there', {
  timeout: 180_000,
}, async () => {
  const acknowledged = new Set<string>()
  const post = async (index: number) => {
    // Of some size, so that files have to grow.
    const more = { metadata: { note: 'x'.repeat(20_000 + index) } }
    const answer = await line.run({ station: line.bench(0), unit: `full-${index}`, more })
    if (answer.status === 200) acknowledged.add(answer.body.id)
    return answer
  }
  for (let index = 0; index < 20; index++) expect((await post(index)).status).toBe(200)
  await fill()
  const refused: number[] = []
  for (let index = 20; index < 2_000 && refused.length < 5; index++) {
    const answer = await post(index)
    if (answer.status === 200) continue
    expect(answer).toMatchObject({ status: 503 })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    refused.push(index)
  }
  expect(refused.length).toBeGreaterThan(0)
  await makeSpace()
  // A server whose write-ahead log found no space has stopped, as its operator's does: it is started again.
  if (await isStopped()) await server.startAgain()
  await vi.waitFor(
    async () => {
      for (const index of refused) expect((await post(index)).status).toBe(200)
    },
    { timeout: 60_000, interval: 200 },
  )
  const stored = await rows<{ id: string }>(database.db, sql`select id::text as id from runs`)
  expect(new Set(stored.map(({ id }) => id))).toEqual(acknowledged)
  expect(await tallied(database.db, line.procedure)).toEqual(await recounted(database.db, line.procedure))
})

async function isStopped(): Promise<boolean> {
  return database.db.execute(sql`select 1`).then(
    () => false,
    (error: Error) => JSON.stringify(error.cause ?? error, ['code', 'message']).includes('ECONNREFUSED'),
  )
}
