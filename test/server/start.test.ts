// The whole service, started as its own program does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { type Firstpass, startFirstpass } from '../../server/firstpass.ts'
import { databaseSettings, type TestDatabase, testDatabase, testEngine } from '../support/test-database.ts'

const ADMIN_TOKEN = 'admin-token-of-the-tests'
const running: Firstpass[] = []
const made: TestDatabase[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
  for (const each of made.splice(0)) await each.drop()
})
async function settings(more: Record<string, string> = {}) {
  const database = await testDatabase()
  made.push(database)
  return { ADMIN_TOKEN, PORT: '0', LOG_LEVEL: 'silent', ...databaseSettings(database.where), ...more }
}
async function start(env: Record<string, string>): Promise<Firstpass> {
  const each = await startFirstpass({ env, now: () => Date.parse('2026-05-22T06:00:00Z') })
  running.push(each)
  return each
}
const add = (url: string, name: string) =>
  fetch(`${url}/api/v1/procedures`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })

test('it listens, keeps its own clock, and what it stored is there at the next start', async () => {
  const env = await settings()
  const first = await start(env)
  const added = await add(first.url, 'Final test')
  expect(added.status).toBe(201)
  expect(await added.json()).toMatchObject({ created_at: '2026-05-22T06:00:00.000Z' })
  await running.pop()?.close()
  const second = await start(env)
  expect((await add(second.url, 'final TEST')).status).toBe(409)
})

test('stopping ends long polls at once', async () => {
  const { url, close } = await start(await settings())
  running.pop()
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const made = await fetch(`${url}/api/v1/stations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'ST-1' }),
  })
  const { key } = (await made.json()) as { key: string }
  const poll = (tag: string, wait: number) =>
    fetch(`${url}/api/v1/stations/me/assignments?wait=${wait}`, {
      headers: { authorization: `Bearer ${key}`, 'if-none-match': tag },
    })
  const tag = (await poll('', 0)).headers.get('etag') ?? ''
  const began = performance.now()
  const waiting = poll(tag, 60).then(
    (answer) => answer.status,
    () => 'cut',
  )
  await fetch(`${url}/healthz`)
  await close()
  expect([304, 'cut']).toContain(await waiting)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a taken port is named, with what to do, and everything opened before is given back', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const env = await settings({ PORT: String(port) })
  await expect(start(env)).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another process. Stop that one, or choose another PORT.`,
  )
  await new Promise((resolve) => other.close(resolve))
  expect((await fetch(`${(await start(env)).url}/readyz`)).status).toBe(200)
})

test('a second start on the same database is refused by process on PGlite, and shares PostgreSQL', async () => {
  const env = await settings()
  await start(env)
  if (testEngine() === 'pglite')
    await expect(start(env)).rejects.toThrow(`is in use by process ${process.pid}.`)
  else expect((await fetch(`${(await start(env)).url}/readyz`)).status).toBe(200)
})

test('a start that fails half-way says why, and its process ends', async () => {
  const env = await settings({
    LOG_LEVEL: 'fatal',
    SLACK_API_URL: 'http://127.0.0.1:9/api/',
    SLACK_BOT_TOKEN: 'xoxb-of-nobody',
    SLACK_SIGNING_SECRET: 'a-secret-of-nobody',
  })
  await (await start(env)).close()
  running.pop()
  const database = await made.at(-1)?.open()
  await database?.db.execute(sql`drop function pgboss.create_queue`)
  await database?.close()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'server/main.ts'], {
    env: { PATH: process.env.PATH ?? '', ...env },
  })
  let said = ''
  child.stderr.on('data', (part) => {
    said += part
  })
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(said.trim()).toMatch(/^function pgboss\.create_queue\(.*\) does not exist$/)
}, 60_000)

test('wrong settings stop the start before anything is opened', async () => {
  await expect(startFirstpass({ env: { PORT: 'http' } })).rejects.toThrow(/PORT: .*\n.*ADMIN_TOKEN: /)
})
