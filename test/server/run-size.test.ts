// The size of a report: at its limit it is stored, one byte more is refused and stores nothing.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { adminToken, openTestService } from '../support/test-service.ts'

const service = await openTestService()
const megabyte = 1_048_576

test('a report of 8 MB is stored; one byte more is refused, and nothing of it kept', async () => {
  const line = await testLine(service)
  const station = line.bench(0)
  const reported = async (unit: string, bytes: number) => {
    // Blanks after the value are JSON too.
    const payload = JSON.stringify(line.runBody({ unit, deployment: line.base })).padEnd(bytes)
    const reply = await service.app.inject({
      method: 'POST',
      url: '/api/v1/runs',
      headers: { authorization: `Bearer ${station.key}`, 'content-type': 'application/json' },
      payload,
    })
    return reply.statusCode
  }
  expect(await reported('at-the-limit', 8 * megabyte)).toBe(200)
  expect(await reported('over-the-limit', 8 * megabyte + 1)).toBe(413)
  const stored = await rows(
    service.database.db,
    sql`select unit from runs where procedure_id = ${line.procedure}::uuid`,
  )
  expect(stored).toEqual([{ unit: 'at-the-limit' }])
})

test('a batch of 1,000 is taken; of 1,001 none', async () => {
  const line = await testLine(service)
  const station = line.bench(0)
  const batch = (count: number) => ({
    runs: Array.from({ length: count }, (_, index) =>
      line.runBody({ unit: `of-${count}-${index}`, deployment: line.base }),
    ),
  })
  const ask = (count: number) =>
    service.ask('POST', '/api/v1/runs/batch', { token: station.key, body: batch(count) })
  expect((await ask(1_001)).status).toBe(422)
  expect((await ask(1_000)).status).toBe(207)
  const [stored] = await rows<{ runs: number }>(
    service.database.db,
    sql`select count(*)::int as runs from runs where procedure_id = ${line.procedure}::uuid`,
  )
  expect(stored?.runs).toBe(1_000)
})

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
/** @param body holds "deep" where the nested lists go: no object of that depth could be written as JSON. */
async function sent(url: string, token: string, body: unknown, levels: number) {
  const payload = JSON.stringify(body).replace('"deep"', nested(levels))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const reply = await service.app.inject({ method: 'POST', url, headers, payload })
  return { status: reply.statusCode, text: reply.body }
}

test.each([
  ['a field that nobody knows', { extra: 'deep' }],
  ['the name of a phase', { phases: [{ name: 'deep' }] }],
  [
    'a measured value',
    { phases: [{ name: 'x', measurements: [{ name: 'y', outcome: 'PASS', measured_value: 'deep' }] }] },
  ],
])(
  '%s is kept a hundred levels deep and refused in words at any more, by every door',
  async (_what, more) => {
    const line = await testLine(service)
    const { key } = line.bench(0)
    const native = (unit: string) => ({ ...line.runBody({ unit, deployment: line.base }), ...more })
    const old = {
      procedure_id: line.procedure,
      unit_under_test: { serial_number: 'old' },
      run_passed: true,
      ...more,
    }
    // Below the levels of its own: of the field, of lists and of objects around it.
    expect((await sent('/api/v1/runs', key, native('shallow'), 90)).status).toBe(200)
    for (const levels of [101, 6_000, 100_000]) {
      for (const [url, body, status] of [
        ['/api/v1/runs', native('deep'), 422],
        ['/api/v1/runs', old, 400],
        ['/api/v2/runs', native('deep'), 400],
      ] as const) {
        const answer = await sent(url, key, body, levels)
        expect([url, levels, answer.status]).toEqual([url, levels, status])
        expect(answer.text).toContain('expected lists and objects at most 100 levels deep')
      }
    }
    const batch = { runs: [native('deep'), line.runBody({ unit: 'beside', deployment: line.base })] }
    const answer = await sent('/api/v1/runs/batch', key, batch, 20_000)
    expect(JSON.parse(answer.text).results.map((each: { status: number }) => each.status)).toEqual([422, 200])
    const stored = await rows(
      service.database.db,
      sql`select unit from runs where procedure_id = ${line.procedure}::uuid order by unit`,
    )
    expect(stored).toEqual([{ unit: 'beside' }, { unit: 'shallow' }])
  },
)

test('what a station tells of itself and what a build is described by may be no deeper', async () => {
  const line = await testLine(service)
  const heartbeat = { checks: { a: 'deep' } }
  const build = { procedure_id: line.procedure, version: '9.0.0', artifact_metadata: { a: 'deep' } }
  for (const [url, token, body] of [
    ['/api/v1/stations/me/heartbeats', line.bench(0).key, heartbeat],
    ['/api/v1/deployments', adminToken, build],
  ] as const) {
    const answer = await sent(url, token, body, 5_000)
    expect([url, answer.status]).toEqual([url, 422])
    expect(answer.text).toContain('100 levels deep')
  }
})
