// Many stations report at once: what is acknowledged is stored, each run once, and counted as a recount counts it.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { runInput } from '../../server/domain/run.ts'
import { QueueFull } from '../../server/gathering.ts'
import { ingest } from '../../server/ingest.ts'
import { recounted, tallied } from '../support/history.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { type Answer, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service

const outcomes = ['PASS', 'PASS', 'PASS', 'FAIL', 'ERROR', 'TIMEOUT', 'ABORTED']

/** Runs of few units at few moments: retests, late arrivals, and units that two arms have tested. */
function manyRuns(line: TestLine, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const body = line.runBody({
      unit: `${index % 2 ? 'sn' : 'SN'}-${index % 23}`,
      outcome: outcomes[(index * 5) % outcomes.length] ?? 'PASS',
      deployment: [line.base, line.next, null][index % 3] ?? null,
      start: ((index * 37) % 120) * 1_000 - 60_000,
    })
    return { station: line.bench(index % line.benches.length), body }
  })
}

async function storedIds(line: TestLine): Promise<string[]> {
  const found = await rows<{ id: string }>(
    database.db,
    sql`select id::text as id from runs where procedure_id = ${line.procedure}::uuid`,
  )
  return found.map(({ id }) => id)
}

test('hundreds of requests at once over several procedures, with repeats, retests and batches', {
  timeout: 120_000,
}, async () => {
  const lines = await Promise.all([1, 2, 3].map(() => testLine(service, { stations: 4 })))
  for (const line of lines) await testRollout(service, line)
  clock.pass(120_000)
  const ids = new Map(lines.map((line) => [line, new Set<string>()]))
  const sent: Promise<void>[] = []
  const post = async (line: TestLine, answering: Promise<Answer>) => {
    const { status, body } = await answering
    expect([200, 207]).toContain(status)
    const results: { status?: number; id: string }[] = body.results ?? [body]
    for (const result of results) {
      expect(result.status ?? 200).toBe(200)
      ids.get(line)?.add(result.id)
    }
  }
  for (let turn = 0; turn < 80; turn++)
    for (const line of lines) {
      const { station, body } = manyRuns(line, 80)[turn] ?? { station: line.bench(0), body: {} }
      const single = () => post(line, ask('POST', '/api/v1/runs', { token: station.key, body }))
      sent.push(single())
      if (turn % 3 === 0) sent.push(single())
      if (turn % 20 === 0) {
        const runs = manyRuns(line, 100)
          .slice(turn, turn + 20)
          .map((each) => ({ ...each.body, station_id: each.station.id }))
        sent.push(post(line, ask('POST', '/api/v1/runs/batch', { body: { runs: [...runs, ...runs] } })))
      }
    }
  await Promise.all(sent)
  for (const line of lines) {
    const stored = await storedIds(line)
    expect(new Set(stored)).toEqual(ids.get(line))
    expect(stored).toHaveLength(ids.get(line)?.size ?? 0)
    const counted = await tallied(database.db, line.procedure)
    expect(counted.arms).not.toEqual([])
    expect(counted).toEqual(await recounted(database.db, line.procedure))
  }
})

test('a run that the database cannot keep fails alone, beside others and in a batch with others', async () => {
  const line = await testLine(service, { stations: 2 })
  // Within the characters that a serial number may have, and more bytes than an index keeps.
  const tooWide = Array.from({ length: 1_000 }, (_, index) =>
    String.fromCodePoint(0x4e00 + ((index * 7_919) % 20_000)),
  ).join('')
  const post = (unit: string) =>
    ask('POST', '/api/v1/runs', { token: line.bench(0).key, body: line.runBody({ unit }) })
  const runs = ['b1', tooWide, 'b2'].map((unit) => line.runBody({ unit }))
  const [bad, batch, ...good] = await Promise.all([
    post(tooWide),
    ask('POST', '/api/v1/runs/batch', { token: line.bench(1).key, body: { runs } }),
    ...Array.from({ length: 20 }, (_, index) => post(`u${index}`)),
  ])
  expect(bad).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect(batch?.body.results).toMatchObject([
    { status: 200 },
    { status: 422, error: { code: 'invalid', message: expect.stringContaining('too large') } },
    { status: 200 },
  ])
  for (const each of good) expect(each.status).toBe(200)
  expect(await storedIds(line)).toHaveLength(22)
  expect(await tallied(database.db, line.procedure)).toEqual(await recounted(database.db, line.procedure))
})

test('of a thousand runs 999 are wrong: each is told, the good one is stored, and others are answered meanwhile', async () => {
  const line = await testLine(service, { stations: 2 })
  // Large enough to take a while, so that something else has to come in between.
  const phases = Array.from({ length: 100 }, (_, index) => ({
    name: `phase ${index}`,
    outcome: 'PASS',
    measurements: [{ name: 'v', measured_value: 3.3, outcome: 'PASS' }],
  }))
  const wrong = [
    { outcome: 'OK' },
    { serial_number: '' },
    { started_at: 'noon' },
    { ended_at: clock.iso(-9_000) },
  ]
  const runs = Array.from({ length: 1_000 }, (_, index) => ({
    ...line.runBody({ unit: `n${index}`, more: { phases } }),
    ...(index === 500 ? {} : wrong[index % wrong.length]),
  }))
  const ended: string[] = []
  const batch = ask('POST', '/api/v1/runs/batch', { token: line.bench(0).key, body: { runs } })
  const [{ status, body }] = await Promise.all([
    batch.finally(() => ended.push('batch')),
    ask('GET', '/healthz', { token: null }).finally(() => ended.push('another')),
  ])
  expect(status).toBe(207)
  const statuses = body.results.map((result: { status: number }) => result.status)
  expect(statuses.indexOf(200)).toBe(500)
  expect(statuses.filter((each: number) => each === 422)).toHaveLength(999)
  for (const { error } of body.results.filter((result: { error?: object }) => result.error))
    expect(error).toMatchObject({ code: 'invalid', issues: [{ path: expect.any(String) }] })
  expect(await storedIds(line)).toEqual([body.results[500].id])
  expect(ended).toEqual(['another', 'batch'])
})

test('stopping stores and answers what was taken, takes nothing more, and then nothing is under way', async () => {
  const line = await testLine(service, { stations: 1 })
  const { take, stop, waiting } = ingest({ database, now: clock.now, stored: () => {} })
  const one = (number: number) => ({
    input: runInput.parse(line.runBody({ unit: `u${number}` })),
    stationId: line.bench(0).id,
    deploymentHeader: null,
  })
  const taken = Array.from({ length: 30 }, (_, index) => take([one(index)]))
  await stop()
  expect(waiting()).toBe(0)
  await expect(take([one(99)])).rejects.toThrow(QueueFull)
  expect((await Promise.all(taken)).flat().map((answer) => 'id' in answer && answer.id)).toEqual(
    expect.arrayContaining(await storedIds(line)),
  )
  expect(await storedIds(line)).toHaveLength(30)
})

test('when more comes in than can be stored, every door says so and when to come again', async () => {
  const full = await openTestService({ database, take: () => Promise.reject(new QueueFull(10_000)) })
  const line = await testLine(full, { stations: 1 })
  const body = line.runBody({})
  const old = { unit_under_test: { serial_number: 'a' }, run_passed: true, procedure_id: line.procedure }
  for (const [url, sent, code] of [
    ['/api/v1/runs', body, 'busy'],
    ['/api/v1/runs/batch', { runs: [body] }, 'busy'],
    ['/api/v2/runs', body, 'SERVICE_UNAVAILABLE'],
    ['/api/v1/runs', old, 'SERVICE_UNAVAILABLE'],
  ] as const)
    expect(await full.ask('POST', url, { token: line.bench(0).key, body: sent })).toMatchObject({
      status: 503,
      body: { code, message: expect.stringContaining('again in 2 seconds') },
      headers: { 'retry-after': '2' },
    })
})
