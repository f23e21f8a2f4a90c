// The fleet through the whole service: who runs what, drift and silence first, and quick however many there are.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Db } from '../../db/client.ts'
import type { FleetFilter } from '../../server/domain/fleet/fleet.ts'
import { fleets } from '../../server/fleet.ts'
import { fleetPage } from '../../views/fleet/fleet-page.ts'
import { everything } from '../support/fleet-builder.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'
import { aFrame } from '../views/support/page-frame.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000

test('tells what each station should run, took and ran, and what is wrong with it, the wrong ones first', async () => {
  const line = await testLine(service, { stations: 4 })
  const third = await line.build('v3')
  const [first, second, held] = [line.bench(0), line.bench(1), line.bench(2)]
  clock.pass(60 * minute)
  await line.pickup(first, line.base)
  await line.run({ station: first, deployment: line.base, start: -10 * minute })
  await line.pickup(second, line.base)
  clock.pass(minute)
  await line.run({ station: second, deployment: third, start: -50_000 })
  await service.look(line.procedure)
  await ask('PUT', `/api/v1/stations/${held.id}/hold`, { body: { reason: 'new fixture' } })

  const fleet = await service.service.fleet({ ...everything, procedure: line.procedure })
  expect(fleet.rows.map(({ station }) => station.name)[0]).toBe(second.name)
  expect(fleet.rows[0]).toMatchObject({
    desired: { version: 'v1' },
    pulled: { version: 'v1', state: 'running' },
    ran: { version: 'v3' },
    progress: 'runs another build',
    troubles: [{ kind: 'drifted' }],
    connection: { state: 'connected' },
  })
  const byName = new Map(fleet.rows.map((row) => [row.station.name, row]))
  expect(byName.get(first.name)).toMatchObject({ progress: 'confirmed', troubles: [], aside: null })
  expect(byName.get(held.name)).toMatchObject({
    aside: 'held: new fixture',
    troubles: [{ kind: 'never seen' }],
  })
  expect(fleet.counts).toMatchObject({ stations: 4, troubled: 3, aside: 1 })
  expect(fleet.running).toMatchObject([
    { build: { version: 'v1' }, desired: 4, pulled: 2, ran: 1 },
    { build: { version: 'v3' }, desired: 0, pulled: 0, ran: 1 },
  ])
})

test('knows a station that runs nothing', async () => {
  const { body } = await ask('POST', '/api/v1/stations', {
    body: { name: 'Spare 1', site: 'Graz', line: 'G1' },
  })
  const fleet = await service.service.fleet({ ...everything, search: 'spare' })
  expect(fleet.rows).toMatchObject([
    {
      station: { id: body.id },
      procedure: null,
      progress: 'nothing asked',
      troubles: [{ kind: 'never seen' }],
    },
  ])
})

test('stays within 150 kB and a few questions with 2,000 stations', async () => {
  const line = await testLine(service, { stations: 1 })
  const at = clock.iso()
  const { db } = service.database
  await db.execute(sql`
    with made as (
      insert into stations (id, name, site, line, created_at, last_seen_at)
      select gen_random_uuid(), 'A station with quite a long name ' || lpad(i::text, 4, '0'), 'Site number ' || i % 8, 'Line number ' || i % 40,
        ${at}::timestamptz, ${at}::timestamptz
      from generate_series(1, 2000) i returning id),
    linked as (insert into station_procedures (procedure_id, station_id, linked_at)
      select ${line.procedure}::uuid, id, ${at}::timestamptz from made returning station_id),
    pinned as (insert into pins (procedure_id, station_id, deployment_id, from_at, served_at)
      select ${line.procedure}::uuid, station_id, ${line.base}::uuid, ${at}::timestamptz, ${at}::timestamptz from linked),
    alarmed as (insert into station_alarms (procedure_id, station_id, kind, since, detail, opened_at)
      select ${line.procedure}::uuid, station_id, case when station_id::text < '4' then 'drifted' else 'stale' end, ${at}::timestamptz, 'x', ${at}::timestamptz from linked)
    insert into runs (procedure_id, id, station_id, deployment_id, attributed_by, serial, unit, outcome, started_at, ended_at, received_at)
      select ${line.procedure}::uuid, gen_random_uuid(), station_id, ${line.base}::uuid, 'body', 's', 's', 'PASS', ${at}::timestamptz,
        ${at}::timestamptz, ${at}::timestamptz from linked, generate_series(1, 3)`)
  const asked = (filter: Partial<FleetFilter>) => ({ ...everything, procedure: line.procedure, ...filter })

  const few = counting(db)
  await fleets({ database: { ...service.database, db: few.db }, now: clock.now }).fleet(
    asked({ search: '0001' }),
  )
  const many = counting(db)
  const quick = fleets({ database: { ...service.database, db: many.db }, now: clock.now })
  const fleet = await quick.fleet(asked({}))
  expect(many.questions()).toBe(few.questions())
  expect(many.questions()).toBeLessThan(10)
  expect(fleet).toMatchObject({ total: 2001, pageCount: 41, counts: { stations: 2001, troubled: 2001 } })
  expect(fleet.rows).toHaveLength(50)
  expect(Buffer.byteLength(fleetPage(fleet, aFrame))).toBeLessThan(150_000)
  // Each page is as light, and all pages together are the whole fleet.
  const last = await quick.fleet(asked({ page: 41 }))
  expect(last.rows).toHaveLength(1)
  const started = performance.now()
  await quick.fleet(asked({}))
  // 0.2 s on an idle machine; the rest is for one that is not.
  expect(performance.now() - started).toBeLessThan(5_000)
})

/** The same database, counting what is asked of it. */
function counting(db: Db): { db: Db; questions: () => number } {
  let questions = 0
  const counted = new Proxy(db, {
    get(target, name) {
      if (name === 'execute' || name === 'select') questions++
      const found: unknown = Reflect.get(target, name)
      return typeof found === 'function' ? found.bind(target) : found
    },
  })
  return { db: counted, questions: () => questions }
}
