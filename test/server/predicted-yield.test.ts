// Stored first attempts judged again by the limits that a build declares, as the API answers it.
import { expect, test } from 'vitest'

import { phasesOf, rail, sleep } from '../support/definition-builder.ts'
import { type RunSaid, testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service
const second = 1000
const urlOf = (id: string) => `/api/v1/deployments/${id}/predicted-yield`

/** Ten first attempts on each of two stations: the first bench has two rails of 3.21 V, all others 3.3 V. */
async function measuredLine() {
  const line = await testLine(service, { stations: 2 })
  const said = (value: number, outcome = 'PASS') => ({
    phases: [
      { name: 'power', measurements: [{ ...rail(3.2), measured_value: value, outcome }] },
      ...(outcome === 'PASS'
        ? [{ name: 'rest', measurements: [{ ...sleep, measured_value: 8, outcome: 'PASS' }] }]
        : []),
    ],
  })
  await line.runs(
    line.benches.flatMap((station, place) =>
      Array.from({ length: 10 }, (_, index): RunSaid => {
        const common = { station, deployment: line.base, start: -(1000 - index * 60) * 1000 }
        if (index === 9) return { ...common, outcome: 'FAIL', more: said(3.15, 'FAIL') }
        return { ...common, more: said(place === 0 && index < 2 ? 3.21 : 3.3) }
      }),
    ),
  )
  return line
}

const declare = (id: string, lower: number) =>
  ask('PUT', `/api/v1/deployments/${id}/definition`, {
    body: { definition: { phases: phasesOf({ power: [rail(lower)], rest: [sleep] }) } },
  })

test('tells station by station what tighter limits would have failed', async () => {
  const line = await measuredLine()
  await declare(line.next, 3.25)
  const { status, body } = await ask('GET', urlOf(line.next))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    source: 'declared',
    build: { version: 'v2' },
    against: { version: 'v1' },
    fleet: { n: 20, passed: 18, newly_fail: 2, newly_pass: 0, unknown: 0, now: 0.9, predicted: 0.8 },
    measurements: [{ place: 'power / rail_3v3', measured: 20, newly_fail: 2 }],
    unjudged: [],
  })
  const byName = body.stations.map((each: Record<string, unknown>) => [each.name, each.n, each.newly_fail])
  expect(byName).toEqual([
    [line.bench(0).name, 10, 2],
    [line.bench(1).name, 10, 0],
  ])
  const few = await ask('GET', `${urlOf(line.next)}?per_station=5`)
  expect(few.body).toMatchObject({ per_station: 5, fleet: { n: 10, newly_fail: 0 } })
  const table = await ask('GET', `${urlOf(line.next)}.csv`)
  expect(table.body).toContain('(all),,20,18,2,0,0,0.9,0.8')
})

test('wider limits leave a unit unknown that stopped at what would now pass', async () => {
  const line = await measuredLine()
  await declare(line.next, 3.1)
  const { body } = await ask('GET', urlOf(line.next))
  expect(body.fleet).toMatchObject({ n: 20, newly_fail: 0, newly_pass: 0, unknown: 2, predicted: 1 })
  expect(body.fleet.lower).toBeLessThan(0.9)
})

test('reads no runs where no limit changes, and retests of a unit are no first attempts', async () => {
  const line = await measuredLine()
  await declare(line.next, 3.2)
  expect((await ask('GET', urlOf(line.next))).body).toMatchObject({ measurements: [], fleet: { n: 0 } })
  await declare(line.next, 3.25)
  service.clock.pass(60 * second)
  const unit = 'SN-twice'
  for (const start of [-20 * second, -10 * second])
    await line.run({ station: line.bench(1), unit, deployment: line.base, start, seconds: 1, more: {} })
  expect((await ask('GET', urlOf(line.next))).body).toMatchObject({
    fleet: { n: 21 },
    measurements: [{ measured: 20, not_recorded: 1 }],
  })
})

test('says what is missing where nothing is known, or no such build is there', async () => {
  const line = await testLine(service, { stations: 1 })
  const unknown = await ask('GET', urlOf(line.next))
  expect(unknown).toMatchObject({ status: 409, body: { message: expect.stringContaining('Declare them') } })
  await declare(line.next, 3.25)
  expect((await ask('GET', urlOf(line.next))).body.message).toContain('Nothing is known of the limits of v1')
  expect((await ask('GET', urlOf('00000000-0000-4000-8000-00000000dead'))).status).toBe(404)
  expect((await ask('GET', `${urlOf(line.next)}?against=${line.next}`)).status).toBe(409)
})
