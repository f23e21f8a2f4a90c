// A connection that ends in the middle of a transaction: none of it is stored, nobody else gets its statements, the process
// goes on and so does every connection. The driver itself gets this wrong (patches/): after `npm ci` it is mended.
import { connect, createServer } from 'node:net'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase, rows } from '../../db/client.ts'
import { tcpGate } from '../support/tcp-gate.ts'
import { testDatabase } from '../support/test-database.ts'

const made = await testDatabase()
const url = new URL('url' in made.where ? made.where.url : '')
const beyond = new URL(url.href)
const gate = await tcpGate({ host: url.hostname, port: Number(url.port || 5432) })
url.host = `127.0.0.1:${gate.port}`
const database = await openDatabase({ url: url.href })
// Around the gate: to see what is stored, and to end connections.
const beside = await made.open()
afterAll(async () => {
  await database.close()
  await beside.close()
  await gate.shut()
  await made.drop()
})
beforeAll(() => beside.db.execute(sql`create table kept (name text)`))

const pidOf = async (db: typeof database.db) =>
  (await rows<{ pid: number }>(db, sql`select pg_backend_pid() as pid`))[0]?.pid ?? 0
const terminate = (pid: number) => beside.db.execute(sql`select pg_terminate_backend(${pid})`)
const isGone = (pid: number) =>
  vi.waitFor(async () =>
    expect(await rows(beside.db, sql`select 1 from pg_stat_activity where pid = ${pid}`)).toEqual([]),
  )
const kept = async () =>
  (await rows<{ name: string }>(beside.db, sql`select name from kept`)).map(({ name }) => name)

const ways = {
  'ended by the server': terminate,
  'closed on the way': () => gate.cut(),
  'reset on the way': () => gate.reset(),
}

test.each(Object.entries(ways))(
  '%s, between two statements and within one',
  {
    timeout: 60_000,
  },
  async (way, lose) => {
    for (const isWithin of [false, true]) {
      const name = `${way}, ${isWithin ? 'within' : 'between'}`
      const lost = database.db.transaction(async (tx) => {
        await tx.execute(sql`insert into kept values (${name})`)
        const pid = await pidOf(tx)
        const statement = isWithin ? tx.execute(sql`select pg_sleep(20)`) : null
        statement?.catch(() => {})
        await lose(pid)
        await isGone(pid)
        await (statement ?? tx.execute(sql`insert into kept values (${name})`))
        return 'committed'
      })
      await expect(lost).rejects.toThrow()
      // More than there are connections: each of them is used again.
      const all = () => Promise.all(Array.from({ length: 20 }, () => database.db.execute(sql`select 1`)))
      await vi.waitFor(all, { timeout: 10_000, interval: 50 })
      await Promise.all(
        Array.from({ length: 8 }, () =>
          database.db.transaction((tx) => tx.execute(sql`select pg_sleep(0.05)`)),
        ),
      )
    }
    expect(await kept()).toEqual([])
  },
)

test('what a lost transaction asks afterwards never gets into the transaction that has its connection now', {
  timeout: 60_000,
}, async () => {
  const one = postgres(url.href, { max: 1, onnotice: () => {} })
  const isLost = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<unknown>()
  const lost = one.begin(async (tx) => {
    const [found] = await tx`select pg_backend_pid() as pid`
    await terminate(found?.pid)
    await isGone(found?.pid)
    isLost.resolve()
    await goOn.promise
    asked.resolve(await tx`insert into kept values ('of the lost one')`.catch((error: unknown) => error))
  })
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await isLost.promise
  const next = one.begin(async (tx) => {
    await tx`insert into kept values ('of the next one')`
    goOn.resolve()
    expect(await asked.promise).toMatchObject({ code: 'CONNECTION_CLOSED' })
    throw new Error('rolled back')
  })
  await expect(next).rejects.toThrow('rolled back')
  expect(await kept()).toEqual([])
  await one.end()
})

test('a connection that is lost while the driver asks for the types of arrays is no end of the process', async () => {
  const cut = { left: 3 }
  const cutter = createServer((client) => {
    const server = connect(Number(beyond.port || 5432), beyond.hostname)
    const end = () => {
      client.resetAndDestroy()
      server.destroy()
    }
    client.on('data', (part) => {
      if (cut.left > 0 && part.includes('typarray')) {
        cut.left -= 1
        end()
      } else server.write(part)
    })
    server.on('data', (part) => client.write(part))
    for (const each of [client, server]) each.on('error', end).on('close', end)
  })
  await new Promise<void>((resolve) => cutter.listen(0, '127.0.0.1', resolve))
  const address = cutter.address()
  const through = new URL(url.href)
  through.port = String(typeof address === 'object' ? address?.port : 0)
  const unhandled: unknown[] = []
  const note = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const one = postgres(through.href, { max: 1, onnotice: () => {}, backoff: () => 0.05 })
  try {
    await vi.waitFor(async () => expect(await one`select 1 as one`).toEqual([{ one: 1 }]), {
      timeout: 10_000,
      interval: 50,
    })
    expect(cut.left).toBe(0)
    expect(unhandled).toEqual([])
  } finally {
    await one.end()
    process.off('unhandledRejection', note)
    cutter.close()
  }
})

test('a server that has vanished without a word is given up within half a minute, and found when it is back', {
  timeout: 90_000,
}, async () => {
  await Promise.all(Array.from({ length: 8 }, () => database.db.execute(sql`select pg_sleep(0.05)`)))
  gate.darken()
  const began = performance.now()
  const asked = [database.db, database.people, database.ingest].flatMap((each) => [
    each.transaction((tx) => tx.execute(sql`insert into kept values ('in the dark')`)),
    each.execute(sql`insert into kept values ('in the dark')`),
  ])
  for (const each of await Promise.allSettled(asked)) expect(each.status).toBe('rejected')
  expect(performance.now() - began).toBeLessThan(30_000)
  await gate.open()
  await vi.waitFor(() => database.db.execute(sql`select 1`), { timeout: 30_000, interval: 100 })
  expect(await kept()).toEqual([])
})
