// The history of a unit: which attempt each of its runs was.
import { expect, test } from 'vitest'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const line = await testLine(service, { stations: 2 })
const post = (bench: number, body: unknown) =>
  service.ask('POST', '/api/v1/runs', { token: line.bench(bench).key, body })
const at = (minute: number) => ({
  started_at: `2026-05-22T06:${String(minute).padStart(2, '0')}:00Z`,
  ended_at: `2026-05-22T06:${String(minute).padStart(2, '0')}:42Z`,
})

test('attempts are ranked over all stations by their start, and an aborted run consumes none', async () => {
  await post(1, { ...line.runBody({ unit: 'U-1' }), ...at(30), outcome: 'PASS' })
  await post(0, { ...line.runBody({ unit: 'u-1' }), ...at(20), outcome: 'FAIL' })
  await post(0, { ...line.runBody({ unit: 'U-1' }), ...at(10), outcome: 'ABORTED' })
  const answer = await service.ask('GET', `/api/v1/procedures/${line.procedure}/units/U-1/runs`)
  expect(answer.body.data).toMatchObject([
    { attempt: null, outcome: 'ABORTED', station: { id: line.bench(0).id } },
    {
      attempt: 1,
      outcome: 'FAIL',
      station: { id: line.bench(0).id },
      started_at: '2026-05-22T06:20:00.000Z',
    },
    { attempt: 2, outcome: 'PASS', station: { id: line.bench(1).id } },
  ])
})

test('a late run that started earlier takes the first rank', async () => {
  await post(0, { ...line.runBody({ unit: 'U-2' }), ...at(30), outcome: 'PASS' })
  await post(1, { ...line.runBody({ unit: 'U-2' }), ...at(5), outcome: 'FAIL' })
  const answer = await service.ask('GET', `/api/v1/procedures/${line.procedure}/units/u-2/runs`)
  expect(
    answer.body.data.map((run: { attempt: number; outcome: string }) => [run.attempt, run.outcome]),
  ).toEqual([
    [1, 'FAIL'],
    [2, 'PASS'],
  ])
})

test('a run of a reference sample consumes no attempt', async () => {
  const runs = [
    { ...line.runBody({ unit: 'U-3' }), ...at(5), outcome: 'FAIL', sample: 'golden' },
    { ...line.runBody({ unit: 'U-3' }), ...at(10), outcome: 'PASS' },
  ]
  for (const run of runs) await post(0, run)
  const answer = await service.ask('GET', `/api/v1/procedures/${line.procedure}/units/u-3/runs`)
  expect(answer.body.data).toMatchObject([{ attempt: null }, { attempt: 1 }])
})

test('a unit nobody knows has no runs, and a station may not ask', async () => {
  const path = `/api/v1/procedures/${line.procedure}/units/nobody/runs`
  expect((await service.ask('GET', path)).body).toEqual({ data: [], meta: { kept_since: null } })
  expect((await service.ask('GET', path, { token: line.bench(0).key })).status).toBe(403)
})
