// The size of a report: at its limit it is stored, one byte more is refused and stores nothing.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

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
