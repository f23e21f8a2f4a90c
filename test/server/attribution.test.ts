// Which build made a run: body, header, metadata, else what the station had acknowledged when the run started.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const line = await testLine(service, { stations: 8 })
const foreign = await testLine(service, { stations: 0 })
const { base, next } = line

async function attributed(
  bench: number,
  said: { body?: unknown; header?: string; metadata?: unknown; start?: number },
): Promise<{ build: string | null; by: string }> {
  const station = line.bench(bench)
  const body = {
    ...line.runBody({ start: said.start ?? 0 }),
    ...(said.body === undefined ? {} : { deployment_id: said.body }),
    ...(said.metadata === undefined ? {} : { metadata: said.metadata }),
  }
  const headers: Record<string, string> = said.header === undefined ? {} : { 'x-deployment-id': said.header }
  const { body: answer } = await ask('POST', '/api/v1/runs', { token: station.key, body, headers })
  const [run] = await rows<{ build: string | null; by: string }>(
    database.db,
    sql`select deployment_id::text as build, attributed_by as by from runs where id = ${answer.id}::uuid`,
  )
  return run ?? { build: null, by: 'not stored' }
}

test('the body is believed before the header, the header before the metadata, all before the acknowledgement', async () => {
  const third = await line.build('v3')
  const fourth = await line.build('v4')
  await line.pickup(line.bench(0), base)
  const metadata = { deployment_id: fourth, lot: 7 }
  expect(await attributed(0, { body: next, header: third, metadata })).toEqual({ build: next, by: 'body' })
  expect(await attributed(0, { header: third, metadata })).toEqual({ build: third, by: 'header' })
  expect(await attributed(0, { metadata })).toEqual({ build: fourth, by: 'metadata' })
  expect(await attributed(0, {})).toEqual({ build: base, by: 'pickup' })
  expect(await attributed(0, { body: next.toUpperCase() })).toEqual({ build: next, by: 'body' })
})

test.each([
  ['of another procedure', foreign.base],
  ['no id', 'v2.1'],
  ['null', null],
  ['blank', ''],
])('a build that is %s is passed over, and the run is kept', async (_name, body) => {
  expect(await attributed(1, { body, header: next })).toEqual({ build: next, by: 'header' })
  expect(await attributed(1, { body, metadata: { deployment_id: 7 } })).toEqual({ build: null, by: 'none' })
})

test('a run counts for what was acknowledged when it started, not for what is pinned or acknowledged now', async () => {
  await line.pickup(line.bench(2), base)
  clock.pass(60_000)
  await line.pickup(line.bench(2), next)
  clock.pass(60_000)
  expect(await attributed(2, { start: -60_001 })).toEqual({ build: base, by: 'pickup' })
  expect(await attributed(2, { start: -60_000 })).toEqual({ build: next, by: 'pickup' })
  expect(await attributed(2, { start: -120_001 })).toEqual({ build: null, by: 'none' })
})

test('a pulled build does not make runs while the station says what it runs; a failed take changes nothing', async () => {
  await line.pickup(line.bench(3), base, 'running')
  clock.pass(1_000)
  await line.pickup(line.bench(3), next, 'pulled')
  clock.pass(1_000)
  expect(await attributed(3, {})).toEqual({ build: base, by: 'pickup' })
  await line.pickup(line.bench(3), next, 'failed', 'no space')
  clock.pass(1_000)
  expect(await attributed(3, {})).toEqual({ build: base, by: 'pickup' })
})

test('a station that never says running is taken at what it last pulled', async () => {
  await line.pickup(line.bench(4), base, 'pulled')
  clock.pass(1_000)
  await line.pickup(line.bench(4), next, 'pulled')
  clock.pass(1_000)
  expect(await attributed(4, {})).toEqual({ build: next, by: 'pickup' })
})

test('an unattributed run is kept, shown apart and never counted as base', async () => {
  const bench = line.bench(5)
  expect(await attributed(5, {})).toEqual({ build: null, by: 'none' })
  const tallies = await rows<{ build: string }>(
    database.db,
    sql`select deployment_id::text as build from hourly_tallies where station_id = ${bench.id}::uuid`,
  )
  expect(tallies).toEqual([{ build: '00000000-0000-0000-0000-000000000000' }])
})

test('runs of an unknown build are listed, newest first, with what was said, why nothing matched and what to do', async () => {
  const own = await testLine(service, { stations: 2 })
  const path = `/api/v1/procedures/${own.procedure}/runs/unattributed`
  const report = (unit: string, start: number, more: object) =>
    own.run({ station: own.bench(0), unit, start, more: { ...more } })
  await report('a', -5_000, {})
  await report('b', -4_000, { deployment_id: foreign.base })
  await report('c', -3_000, { deployment_id: 'V2' })
  await report('d', -2_000, { deployment_id: own.base })
  await report('e', -1_000, { metadata: { deployment_id: 'nightly' } })

  const first = (await ask('GET', `${path}?limit=2`)).body
  expect(first.data).toMatchObject([
    {
      serial_number: 'e',
      said: [{ in: 'metadata', said: 'nightly' }],
      why: expect.stringContaining('metadata.deployment_id is nightly, which is no id'),
    },
    { serial_number: 'c', fix: `Send its id, ${own.next}, in its place.` },
  ])
  expect(first.meta).toMatchObject({ has_more: true, next_cursor: first.data[1].id })
  const second = (await ask('GET', `${path}?limit=2&cursor=${first.meta.next_cursor}`)).body
  expect(second).toMatchObject({
    data: [
      {
        serial_number: 'b',
        station: { name: own.bench(0).name },
        why: expect.stringMatching(/is build v1 of Board \w+ and none of Board \w+$/),
      },
      { serial_number: 'a', said: [], why: expect.stringContaining('says nothing of its build') },
    ],
    meta: { has_more: false, next_cursor: null },
  })
  expect((await ask('GET', path, { token: own.bench(0).key })).status).toBe(403)
})

test('a rollout tells of those on its stations since its start, in whole hours and in that of the start', async () => {
  const own = await testLine(service, { stations: 2 })
  const [first, second] = [own.bench(0), own.bench(1)]
  await own.run({ station: first, start: -60_000 })
  const rollout = await testRollout(service, own)
  expect((await rollout.get()).unattributed).toMatchObject({ runs: 0, matters: false })
  await own.run({ station: first, more: { deployment_id: foreign.base } })
  clock.pass(3 * 3_600_000)
  for (const station of [first, second]) await own.run({ station })
  await own.run({ station: second, more: { shadow: true } })
  await own.run({ station: second, outcome: 'ABORTED', start: 1_000 })
  const [canary] = await rollout.canaries()
  const ofFirst = { name: first.name, runs: 2, is_canary: canary?.id === first.id }
  expect((await rollout.get()).unattributed).toMatchObject({
    runs: 3,
    canary_runs: canary?.id === first.id ? 2 : 1,
    matters: true,
    stations: [
      { ...ofFirst, reason: { why: expect.stringContaining('had acknowledged none') } },
      { name: second.name, runs: 1 },
    ],
  })
})
