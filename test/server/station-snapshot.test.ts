// Stations are answered from memory, and never from an old one for long.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { rows } from '../../db/client.ts'
import { hashKey } from '../../server/routes/authentication.ts'
import { stationSnapshot } from '../../server/station-snapshot.ts'
import { countedDatabase } from '../support/counted-database.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type Bench, type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const database = countedDatabase(await openTestDatabase())
const service = await openTestService({ database })
/** Another process on the same database. */
const replica = await openTestService({ database })
const { ask, clock } = service
const url = '/api/v1/stations/me/assignments'
/** How long to look out for what another process does some milliseconds later, on a machine that is busy. */
const soon = { timeout: 10_000 }

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const before = database.statements()
  await work()
  return database.statements() - before
}
const named = async (bench: Bench, from = service) =>
  (await from.ask('GET', url, { token: bench.key })).body.station.name
const build = async (line: TestLine, bench: Bench, from = service) => {
  const { body } = await from.ask('GET', url, { token: bench.key })
  return body.assignments.find((each: { procedure_id: string }) => each.procedure_id === line.procedure)
    ?.deployment?.id
}
/** A snapshot of its own, whose time is the test's, and which nobody tells of anything. */
async function unheard(database_ = database) {
  const time = { at: 0 }
  const forgotten: string[] = []
  const snapshot = await stationSnapshot(
    {
      database: { db: database_.db, listen: async () => async () => {} },
      now: clock.now,
      log: service.app.log,
      forgot: (id) => forgotten.push(id),
    },
    { checkEvery: null, present: () => time.at },
  )
  onTestFinished(() => snapshot.stop())
  const known = async (bench: Bench) => snapshot.byKey(hashKey(bench.key))
  return { snapshot, time, forgotten, known }
}

test('a station that is known costs the database nothing', async () => {
  const line = await testLine(service, { stations: 1 })
  const { etag } = (await line.assignments(line.bench(0))).headers
  const asked = await statementsOf(async () => {
    for (let count = 0; count < 20; count++) await line.assignments(line.bench(0))
    const headers = { 'if-none-match': String(etag) }
    for (let count = 0; count < 20; count++)
      expect((await ask('GET', url, { token: line.bench(0).key, headers })).status).toBe(304)
  })
  expect(asked).toBe(0)
})

test('a heartbeat is one statement where it says its time, and two where it does not', async () => {
  const line = await testLine(service, { stations: 1 })
  await line.assignments(line.bench(0))
  const beat = (more: object) =>
    ask('POST', '/api/v1/stations/me/heartbeats', {
      token: line.bench(0).key,
      body: { busy: true, run_started_at: clock.iso(), ...more },
    })
  expect(await statementsOf(() => beat({ sent_at: clock.iso() }))).toBe(1)
  expect(await statementsOf(() => beat({}))).toBe(2)
})

test('whatever is changed here is known to the next question', async () => {
  const line = await testLine(service, { stations: 2 })
  const bench = line.bench(0)
  await named(bench)
  await ask('PATCH', `/api/v1/stations/${bench.id}`, { body: { name: `${bench.name} renamed` } })
  expect(await named(bench)).toBe(`${bench.name} renamed`)

  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body: { name: `Renamed ${bench.name}` } })
  expect((await line.assignments(bench)).body.assignments[0].procedure_name).toBe(`Renamed ${bench.name}`)

  const other = await testLine(service, { stations: 0 })
  const link = `/api/v1/procedures/${other.procedure}/stations/${bench.id}`
  await ask('POST', link)
  expect((await line.assignments(bench)).body.assignments).toHaveLength(2)
  expect(await build(other, bench)).toBe(other.base)
  await ask('DELETE', link)
  expect((await line.assignments(bench)).body.assignments).toHaveLength(1)

  // Without a build there is no pin that would announce it.
  const bare = await ask('POST', '/api/v1/procedures', { body: { name: `Bare ${bench.name}` } })
  const bareLink = `/api/v1/procedures/${bare.body.id}/stations/${bench.id}`
  await ask('POST', bareLink)
  expect((await line.assignments(bench)).body.assignments).toHaveLength(2)
  await ask('DELETE', bareLink)
  expect((await line.assignments(bench)).body.assignments).toHaveLength(1)

  const rollout = await testRollout(service, line)
  const [canary] = await rollout.canaries()
  const told = line.benchOf(canary?.id ?? '')
  expect(await build(line, told)).toBe(line.next)
  await rollout.verb('abort', { reason: 'no' })
  expect(await build(line, told)).toBe(line.base)
})

test('a procedure that gets its first build assigns it, and a key that is new opens', async () => {
  const made = await ask('POST', '/api/v1/stations', { body: { name: 'made later' } })
  const bench: Bench = { id: made.body.id, name: 'made later', key: made.body.key }
  expect((await ask('GET', url, { token: bench.key })).body.assignments).toEqual([])
  const line = await testLine(service, { stations: 0 })
  await ask('POST', `/api/v1/procedures/${line.procedure}/stations/${bench.id}`)
  expect(await build(line, bench)).toBe(line.base)
  const rotated = await ask('POST', `/api/v1/stations/${bench.id}/keys`, { body: { overlap_minutes: 0 } })
  expect((await ask('GET', url, { token: bench.key })).status).toBe(401)
  expect((await ask('GET', url, { token: rotated.body.key })).status).toBe(200)
})

test('the other process knows of it some moments later, and its long polls are answered', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const { etag } = (await replica.ask('GET', url, { token: bench.key })).headers
  const waiting = replica.ask('GET', `${url}?wait=30`, {
    token: bench.key,
    headers: { 'if-none-match': String(etag) },
  })
  await expect.poll(() => replica.waiting(), soon).toBe(1)
  await line.start({ stages: [{ target: { share: 1 } }] })
  expect((await waiting).body.assignments[0].deployment.id).toBe(line.next)

  await ask('PATCH', `/api/v1/stations/${bench.id}`, { body: { name: `${bench.name} renamed` } })
  await vi.waitFor(async () => expect(await named(bench, replica)).toBe(`${bench.name} renamed`), soon)
  await ask('DELETE', `/api/v1/stations/${bench.id}/keys/${bench.key.slice(0, 8)}`)
  await vi.waitFor(async () => expect((await replica.ask('GET', url, { token: bench.key })).status).toBe(401))
})

test('what changes without a word is found by the check, and nothing else is forgotten', async () => {
  const line = await testLine(service, { stations: 6 })
  const { snapshot, forgotten, known } = await unheard()
  await snapshot.check()
  for (const bench of line.benches) await known(bench)
  const [renamed, unlinked, revoked, moved, unpinned] = line.benches.map(({ id }) => id)
  await database.db.execute(sql`update stations set name = name || ' by hand' where id = ${renamed}::uuid`)
  await database.db.execute(sql`delete from station_procedures where station_id = ${unlinked}::uuid`)
  await database.db.execute(sql`update station_keys set ends_at = now() where station_id = ${revoked}::uuid`)
  await database.db.execute(
    sql`update pins set deployment_id = ${line.next}::uuid where station_id = ${moved}::uuid and to_at is null`,
  )
  await database.db.execute(
    sql`update pins set to_at = now() where station_id = ${unpinned}::uuid and to_at is null`,
  )
  expect(forgotten).toEqual([])
  await snapshot.check()
  expect(new Set(forgotten)).toEqual(new Set([renamed, unlinked, revoked, moved, unpinned]))
  expect((await known(line.bench(0)))?.name).toMatch(/by hand$/)
  expect((await known(line.bench(1)))?.body).toContain('"assignments":[]')
  expect((await known(line.bench(2)))?.endsAt).not.toBeNull()
  expect((await known(line.bench(3)))?.body).toContain(line.next)
  expect((await known(line.bench(4)))?.body).toContain('"deployment":null')
})

test('names of procedures and artifacts are checked too, and keys that were unknown', async () => {
  const line = await testLine(service, { stations: 2 })
  const { snapshot, forgotten, known } = await unheard()
  for (const bench of line.benches) await known(bench)
  await snapshot.check()
  const hash = createHash('sha256').update('a key made by hand').digest('hex')
  expect(await snapshot.byKey(hash)).toBeNull()
  await database.db.execute(
    sql`update deployments set artifact_url = 'https://builds.test/moved' where id = ${line.base}::uuid`,
  )
  await database.db.execute(
    sql`insert into station_keys (hash, station_id, prefix, created_at) values (${hash}, ${line.bench(0).id}::uuid, 'by hand', now())`,
  )
  await snapshot.check()
  expect(new Set(forgotten)).toEqual(new Set(line.benches.map(({ id }) => id)))
  expect((await known(line.bench(0)))?.body).toContain('https://builds.test/moved')
  expect((await snapshot.byKey(hash))?.id).toBe(line.bench(0).id)
  await known(line.bench(1))
  forgotten.length = 0
  await database.db.execute(
    sql`update procedures set name = name || ' by hand' where id = ${line.procedure}::uuid`,
  )
  await snapshot.check()
  expect(forgotten.toSorted()).toEqual(line.benches.map(({ id }) => id).toSorted())
})

test('a station that says much of itself is not forgotten for it', async () => {
  const line = await testLine(service, { stations: 1 })
  const { snapshot, forgotten, known } = await unheard()
  await snapshot.check()
  await known(line.bench(0))
  await ask('POST', '/api/v1/stations/me/heartbeats', { token: line.bench(0).key, body: { busy: true } })
  await line.pickup(line.bench(0), line.base)
  await line.assignments(line.bench(0))
  await line.run({ station: line.bench(0) })
  await snapshot.check()
  expect(forgotten).toEqual([])
})

test('while the database cannot be asked what is known is believed for a minute after the last good check', async () => {
  const line = await testLine(service, { stations: 1 })
  const [bench] = line.benches
  if (!bench) throw new Error('a station expected')
  let isAway = false
  const { db } = database
  const fading = new Proxy(db, {
    get(target, name) {
      const found = Reflect.get(target, name, target)
      if (name === 'execute' && isAway)
        return async () => {
          throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
        }
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
  const { snapshot, time, known } = await unheard({ ...database, db: fading })
  await known(bench)
  time.at = 10_000
  await snapshot.check()
  isAway = true
  time.at = 40_000
  await expect(snapshot.check()).rejects.toThrow('away')
  time.at = 70_000
  expect((await known(bench))?.id).toBe(bench.id)
  time.at = 70_001
  await expect(known(bench)).rejects.toThrow('away')
  isAway = false
  expect((await known(bench))?.id).toBe(bench.id)
})

test('a pin is noted as told when it first is, though it is answered from memory ever after', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  await line.assignments(bench)
  await line.start({ stages: [{ target: { share: 1 } }] })
  clock.pass(1_000)
  const servedAt = async () =>
    (
      await rows<{ at: number | null }>(
        database.db,
        sql`select (extract(epoch from served_at) * 1000)::float8 as at from pins where station_id = ${bench.id}::uuid order by id`,
      )
    ).map(({ at }) => at)
  expect(await servedAt()).toEqual([expect.any(Number), null])
  const at = clock.now()
  expect(await statementsOf(() => line.assignments(bench))).toBe(2)
  expect(await servedAt()).toEqual([expect.any(Number), at])
  clock.pass(60_000)
  expect(await statementsOf(() => line.assignments(bench))).toBe(0)
  expect(await servedAt()).toEqual([expect.any(Number), at])
})

test('a build that was taken back before its station was told of it is never told, whatever was known of it', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  await line.start({ stages: [{ target: { share: 1 } }] })
  const { snapshot, known } = await unheard()
  const before = await known(bench)
  if (!before) throw new Error('the station is not known')
  expect(before.body).toContain(line.next)
  await database.db.execute(
    sql`update pins set to_at = now() where station_id = ${bench.id}::uuid and to_at is null`,
  )
  expect(await snapshot.told(before)).toBe(false)
  expect((await known(bench))?.body).not.toContain(line.next)
  const [noted] = await rows<{ n: number }>(
    database.db,
    sql`select count(*)::int as n from pins where station_id = ${bench.id}::uuid and deployment_id = ${line.next}::uuid and served_at is not null`,
  )
  expect(noted?.n).toBe(0)
})

test('thousands that come at once after a restart are read and noted by a few statements', async () => {
  const line = await testLine(service, { stations: 0 })
  const count = 3_000
  await database.db.execute(sql`
    with made as (insert into stations (id, name, site, line, created_at)
        select gen_random_uuid(), ${line.procedure} || ' ' || n, '', '', now() from generate_series(1, ${count}::int) n returning id, name),
      linked as (insert into station_procedures (procedure_id, station_id, linked_at) select ${line.procedure}::uuid, id, now() from made),
      pinned as (insert into pins (procedure_id, station_id, deployment_id, from_at) select ${line.procedure}::uuid, id, ${line.base}::uuid, now() from made)
    insert into station_keys (hash, station_id, prefix, created_at)
      select encode(sha256(('key of ' || name)::bytea), 'hex'), id, 'key of', now() from made`)
  const restarted = await openTestService({ database })
  const keys = Array.from({ length: count }, (_, index) => hashKey(`key of ${line.procedure} ${index + 1}`))
  const first = await statementsOf(async () => {
    const found = await Promise.all(keys.map((hash) => restarted.stations.byKey(hash)))
    const told = await Promise.all(found.map((each) => each !== null && restarted.stations.told(each)))
    expect(told).toEqual(keys.map(() => true))
    for (const each of found) if (each) restarted.stations.used(each)
    await restarted.stations.settled()
  })
  // By the thousand: three to read, three to note what was told, three to note that keys are used; some come in two parts.
  expect(first).toBeLessThanOrEqual(18)
  const [noted] = await rows<{ told: number; used: number }>(
    database.db,
    sql`select (select count(*)::int from pins where procedure_id = ${line.procedure}::uuid and served_at is not null) as told,
          (select count(*)::int from station_keys where prefix = 'key of' and last_used_at is not null) as used`,
  )
  expect(noted).toEqual({ told: count, used: count })
})

test('a station that asks a thousand times is slowed down, and another is answered meanwhile', async () => {
  const line = await testLine(service, { stations: 2 })
  const [noisy, quiet] = line.benches
  if (!noisy || !quiet) throw new Error('two stations expected')
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => line.assignments(noisy)))
  const statuses = Map.groupBy(answers, ({ status }) => status)
  expect([...statuses.keys()].toSorted()).toEqual([200, 429])
  expect(statuses.get(429)?.length).toBeGreaterThan(500)
  const [refused] = statuses.get(429) ?? []
  expect(refused?.body).toMatchObject({ code: 'too_often', message: expect.stringContaining('?wait=30') })
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
  expect(Number(refused?.headers['x-poll-after-ms'])).toBeGreaterThan(0)
  expect((await line.assignments(quiet)).status).toBe(200)
  // What it has to say of itself and its runs are counted apart.
  expect((await line.pickup(noisy, line.base)).status).toBe(204)
  expect((await line.run({ station: noisy })).status).toBe(200)
})

test('a station that opens many long polls has the oldest answered, and the others wait', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const { etag } = (await line.assignments(bench)).headers
  const waiting = Array.from({ length: 20 }, () =>
    ask('GET', `${url}?wait=60`, { token: bench.key, headers: { 'if-none-match': String(etag) } }),
  )
  for (const answer of await Promise.all(waiting.slice(0, 12))) expect(answer.status).toBe(304)
  expect(service.waiting()).toBe(8)
  await ask('PATCH', `/api/v1/stations/${bench.id}`, { body: { name: `${bench.name} renamed` } })
  for (const answer of await Promise.all(waiting.slice(12))) expect(answer.status).toBe(200)
})

test('an answer says when to ask again: at once after a wait, else in a while, and spread when the process ends', async () => {
  const line = await testLine(service, { stations: 1 })
  const bench = line.bench(0)
  const ending = await openTestService({ database })
  const after = ({ headers }: { headers: Record<string, unknown> }) => Number(headers['x-poll-after-ms'])
  const first = await ending.ask('GET', url, { token: bench.key })
  expect(after(first)).toBeGreaterThanOrEqual(7_500)
  expect(after(first)).toBeLessThan(12_500)
  const headers = { 'if-none-match': String(first.headers.etag) }
  const poll = (wait: number) => ending.ask('GET', `${url}?wait=${wait}`, { token: bench.key, headers })
  expect(after(await poll(0.01))).toBe(0)
  const waiting = Array.from({ length: 6 }, () => poll(60))
  await expect.poll(() => ending.waiting(), soon).toBe(6)
  ending.stopWaiting()
  const moments = (await Promise.all(waiting)).map(after)
  expect(new Set(moments).size).toBe(6)
  expect(await poll(60)).toMatchObject({ status: 304 })
})
