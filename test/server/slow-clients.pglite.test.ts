// Clients that hold connections and say nothing, or a byte at a time: they are cut off, and others are served meanwhile.
import { connect, type Socket } from 'node:net'
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { largestHeaders, patience } from '../../server/limits.ts'
import { testLine } from '../support/test-line.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

/** A twentieth of the usual, so that the test need not wait for minutes. */
const short = { headersMs: 750, requestMs: 4_000, lookedEveryMs: 100 }
const service = await openTestService({ patience: short })
const line = await testLine(service)
const bench = line.bench(0)
const url = await service.app.listen({ port: 0, host: '127.0.0.1' })
const port = Number(new URL(url).port)

const open: Socket[] = []
afterAll(() => {
  for (const each of open) each.destroy()
})

type Slow = { socket: Socket; said: () => string; closed: Promise<number> }
/** `closed`: after how many milliseconds. */
async function slowClient(): Promise<Slow> {
  const began = performance.now()
  const socket = connect({ port, host: '127.0.0.1' })
  open.push(socket)
  let said = ''
  socket.on('data', (data) => {
    said += data
  })
  socket.on('error', () => {})
  const closed = new Promise<number>((resolve) => {
    socket.on('close', () => resolve(performance.now() - began))
  })
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
  return { socket, said: () => said, closed }
}

/** Writes a character at a time until the other end has had enough. */
async function dribble({ socket, closed }: Slow, text: string, everyMs: number): Promise<void> {
  let isOver = false
  void closed.then(() => {
    isOver = true
  })
  for (const character of text) {
    if (isOver) return
    socket.write(character)
    await later(everyMs)
  }
}

const poll = () =>
  fetch(`${url}/api/v1/stations/me/assignments`, { headers: { authorization: `Bearer ${bench.key}` } })

async function slowestPoll(until: Promise<unknown>): Promise<number> {
  let isOver = false
  void until.then(() => {
    isOver = true
  })
  let slowest = 0
  while (!isOver) {
    const began = performance.now()
    expect((await poll()).status).toBe(200)
    slowest = Math.max(slowest, performance.now() - began)
    await later(60)
  }
  return slowest
}

test('a hundred that dribble their headers are cut off, and stations are answered meanwhile', async () => {
  const clients = await Promise.all(Array.from({ length: 100 }, slowClient))
  const head = `GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ${'a'.repeat(5_000)}`
  const all = Promise.all(clients.map((each) => dribble(each, head, 100)))
  const closed = Promise.all(clients.map((each) => each.closed))
  await slowestPoll(closed)
  for (const ms of await closed) expect(ms).toBeLessThan(short.headersMs + 5_000)
  await all
  for (const each of clients) expect(each.said()).toMatch(/^(HTTP\/1\.1 408 |$)/)
})

test('a body that comes a byte at a time is cut off, and nothing of it is taken', async () => {
  const client = await slowClient()
  const head = `POST /api/v1/runs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bench.key}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n`
  client.socket.write(head)
  const dribbled = dribble(client, `{"outcome":"${'P'.repeat(4_000)}`, 100)
  await slowestPoll(client.closed)
  expect(await client.closed).toBeGreaterThan(short.requestMs - 500)
  await dribbled
})

test('five hundred connections that ask for nothing are closed, and others are served', async () => {
  const clients = await Promise.all(Array.from({ length: 500 }, slowClient))
  const closed = Promise.all(clients.map((each) => each.closed))
  await slowestPoll(closed)
  for (const ms of await closed) expect(ms).toBeGreaterThan(short.headersMs - 500)
})

test('a long poll and a slow upload of a real station are no such clients', async () => {
  const wait = fetch(`${url}/api/v1/stations/me/assignments?wait=5`, {
    headers: {
      authorization: `Bearer ${bench.key}`,
      'if-none-match': (await poll()).headers.get('etag') ?? '',
    },
  })
  const body = JSON.stringify(line.runBody({ unit: 'slow', deployment: line.base }))
  const client = await slowClient()
  client.socket.write(
    `POST /api/v1/runs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bench.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  )
  for (const part of body.match(/.{1,12}/gs) ?? []) {
    client.socket.write(part)
    await later(120)
  }
  await expect.poll(client.said, { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /)
  expect((await wait).status).toBe(304)
})

test('headers beyond the limit are refused with 431, and a body beyond its own before it is read', async () => {
  const many = await fetch(`${url}/healthz`, { headers: { 'x-much': 'a'.repeat(largestHeaders) } })
  expect(many.status).toBe(431)
  const client = await slowClient()
  client.socket.write(
    `POST /api/v1/procedures HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${adminToken}\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n{`,
  )
  await expect.poll(client.said, { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 413 /)
})

test('usually there is time for a long poll, and for eight megabytes over 0.6 Mbit/s', () => {
  expect(patience.requestMs).toBeGreaterThanOrEqual(((8 * 1_048_576 * 8) / 1_000_000 / 0.6) * 1_000)
  expect(patience.silentMs).toBeGreaterThan(2 * 60_000)
  expect(patience.headersMs).toBeLessThan(patience.requestMs)
})
