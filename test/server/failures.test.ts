// Failures by category through the real service: what stations send, what people read, and what another rule makes of it.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type RunSaid, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const minute = 60_000

const rail = (value: number) => ({
  phases: [
    {
      name: 'power',
      outcome: 'FAIL',
      measurements: [
        {
          name: 'rail_3v3',
          outcome: 'FAIL',
          measured_value: value,
          units: 'V',
          lower_limit: 3.2,
          upper_limit: 3.4,
        },
      ],
    },
  ],
})
const hostile = '=HYPERLINK("x")'

const line = await testLine(service, { stations: 4 })
// Before the rollout base has failed on the rail, and never on anything else.
await line.runs(
  line.benches.flatMap((station) =>
    Array.from(
      { length: 10 },
      (_, index): RunSaid => ({
        station,
        deployment: line.base,
        start: -20 * 60 * minute + index * 5 * minute,
        ...(index === 3 ? { outcome: 'FAIL', more: rail(3.1) } : {}),
      }),
    ),
  ),
)
const rollout = await testRollout(service, line, {})
const [canary] = await rollout.canaries()
if (!canary) throw new Error('no canary')
const others = line.benches.filter(({ id }) => id !== canary.id)
clock.pass(minute)
await rollout.confirm()
clock.pass(60 * minute)

const failed = (minutes: number, outcome: string, more: Record<string, unknown>, unit?: string): RunSaid => ({
  station: canary,
  deployment: line.next,
  start: -minutes * minute,
  outcome,
  more,
  ...(unit ? { unit } : {}),
})
await line.runs([
  ...Array.from({ length: 4 }, (_, index) => failed(50 - index, 'FAIL', rail(3.1 - index / 100))),
  failed(40, 'FAIL', rail(3), 'SN-TWICE'),
  failed(39, 'FAIL', rail(3), 'sn-twice'),
  failed(38, 'ERROR', { error_code: 'VisaIOError', error_message: 'VI_ERROR_TMO: Timeout expired' }),
  failed(37, 'ERROR', { error_code: 'VisaIOError', error_message: 'VI_ERROR_TMO: Timeout expired' }),
  failed(36, 'FAIL', { failure_mode: hostile, failure_text: '@unit is sad' }),
  failed(35, 'ERROR', {}),
  failed(34, 'FAIL', { ...rail(1), sample: 'failing' }),
  failed(33, 'ABORTED', rail(1)),
  ...Array.from({ length: 9 }, (_, index) => failed(30 - index, 'PASS', {})),
  ...others.flatMap((station) =>
    Array.from(
      { length: 20 },
      (_, index): RunSaid => ({
        station,
        deployment: line.base,
        start: -50 * minute + index * minute,
        ...(index < 1 ? { outcome: 'FAIL', more: rail(3.15) } : {}),
      }),
    ),
  ),
])

const get = (path: string) => ask('GET', `/api/v1${path}`)
const failures = async () => (await get(`/rollouts/${rollout.id}/failures`)).body
const category = async (name: string) =>
  (await failures()).categories.find((each: { category: string }) => each.category === name)

test('failures of both arms come by category and mode, what is beyond base first', async () => {
  const found = await failures()
  expect(found.canary).toEqual({ runs: expect.any(Number), failed: 10 })
  expect(found.base).toMatchObject({ failed: 3 })
  const rate = 3 / found.base.runs
  expect(found.excess).toBeCloseTo(10 - rate * found.canary.runs)
  expect(found.categories.map((each: { category: string }) => each.category)).toEqual([
    'limits',
    'instrument',
    'unknown',
  ])
  const [limits, instrument, unknown] = found.categories
  expect(limits).toMatchObject({
    canary: { runs: 6, units: 5, stations: 1, rate: 6 / found.canary.runs },
    base: { runs: 3, units: 3, stations: 3 },
    action: 'Compare the measurement with base: the unit, the limit or the build has changed.',
    stations: [{ name: canary.name, runs: 6 }],
  })
  // One mode and one text, although each run measured another value.
  expect(limits.modes).toMatchObject([
    {
      mode: 'power / rail_3v3',
      is_new: false,
      example: 'phase power: measurement rail_3v3 out of limits (3.2 to 3.4 V)',
    },
  ])
  expect(instrument.modes).toMatchObject([
    { mode: 'VisaIOError', is_new: true, canary: { runs: 2, units: 2 } },
  ])
  expect(instrument.first_seen_at).toBe(clock.now() - 38 * minute)
  // What said nothing is unknown, and no mode.
  expect(unknown.canary.runs).toBe(2)
  expect(unknown.modes.map((each: { mode: string | null }) => each.mode).sort()).toEqual([hostile, null])
})

test('the table can be opened in a spreadsheet without harm', async () => {
  const answer = await ask('GET', `/api/v1/rollouts/${rollout.id}/failures.csv`)
  expect(answer.headers['content-type']).toContain('text/csv')
  const lines = String(answer.body).trimEnd().split('\r\n')
  expect(lines[0]).toContain('of,category,mode,new,canary_runs')
  expect(lines[1]).toMatch(/^runs,limits,power \/ rail_3v3,no,6,5,1,/)
  expect(lines.find((each) => each.includes('HYPERLINK'))).toMatch(/^runs,unknown,"'=HYPERLINK\(""x""/)
  expect(lines.find((each) => each.includes('HYPERLINK'))).toContain("'@unit is sad")
})

test('another rule sorts what has failed already anew, and can be tried before', async () => {
  const rules = [
    { category: 'fixture', field: 'phase', equals: 'power', name: 'Power', action: 'clean the pogo pins' },
  ]
  const tried = await ask('POST', '/api/v1/failure-rules/try', {
    body: { procedure_id: line.procedure, rules, text: 'phase power: something', outcome: 'FAIL' },
  })
  expect(tried.body).toMatchObject({
    match: {
      category: 'fixture',
      action: 'clean the pogo pins',
      rule: { name: 'Power', from: 'procedure', place: 1 },
    },
    failures: 16,
    moved: 13,
  })
  expect(tried.body.categories[0]).toMatchObject({ category: 'fixture', failures: 13, was: 0 })
  expect((await category('limits')).canary.runs).toBe(6)

  const faulty = await ask('POST', '/api/v1/failure-rules/try', {
    body: { procedure_id: line.procedure, rules: [{ category: 'fixture', starts_with: 'a', equals: 'b' }] },
  })
  expect(faulty.status).toBe(422)
  expect(faulty.body.message).toContain('expected exactly one of contains, starts_with, equals and pattern')

  const { body: before } = await get(`/procedures/${line.procedure}/policy`)
  expect(before.effective.failure_rules[0]).toMatchObject({ from: 'built in' })
  const set = await ask('PUT', `/api/v1/procedures/${line.procedure}/policy`, {
    body: { policy: { ...before.own, failure_rules: rules }, expected_version: before.version },
  })
  expect(set.status).toBe(200)
  expect(await category('limits')).toBeUndefined()
  expect(await category('fixture')).toMatchObject({ canary: { runs: 6 }, action: 'clean the pogo pins' })
})

test('a procedure’s own failures are read over a time', async () => {
  const { body } = await get(`/procedures/${line.procedure}/failures`)
  expect(body).toMatchObject({ failed: 17, runs: expect.any(Number) })
  expect(body.categories[0]).toMatchObject({ category: 'fixture', runs: 13, units: 12, stations: 4 })
  const since = encodeURIComponent(clock.iso(-2 * 60 * minute))
  const later = await get(`/procedures/${line.procedure}/failures?from=${since}`)
  expect(later.body.failed).toBe(13)
  expect(
    later.body.categories.flatMap((each: { modes: { mode: string; is_new: boolean }[] }) => each.modes),
  ).toContainEqual(expect.objectContaining({ mode: 'VisaIOError', is_new: true }))
  const table = await get(`/procedures/${line.procedure}/failures.csv`)
  expect(String(table.body)).toContain('fixture,power / rail_3v3,')
  expect((await get(`/procedures/${line.procedure}/failures?from=2020-01-01T00:00:00Z`)).status).toBe(422)
})

test('what stations report of themselves stands apart, in the arm that they were asked to run', async () => {
  await line.pickup(canary, line.next, 'failed', 'sha256 does not match')
  const [base] = others
  for (const [bench, message] of [
    [canary, 'GPIB bus hangs'],
    [canary, 'GPIB bus hangs'],
    [base, 'GPIB bus hangs'],
  ] as const)
    await service.database.db.execute(
      sql`insert into station_errors (station_id, at, code, message) values (${bench?.id}::uuid, ${clock.iso()}::timestamptz, 'BUS', ${message})`,
    )
  const { station_troubles } = await failures()
  expect(station_troubles).toMatchObject([
    {
      kind: 'reported',
      arm: 'canary',
      message: 'GPIB bus hangs',
      times: 2,
      stations: 1,
      category: 'instrument',
    },
    { kind: 'reported', arm: 'base', times: 1, names: [base?.name] },
    { kind: 'failed pickup', arm: 'canary', message: 'sha256 does not match', category: 'unknown' },
  ])
  expect((await failures()).canary.failed).toBe(10)
})

test('asked for what is not there the answer says so', async () => {
  const none = '00000000-0000-4000-8000-000000000000'
  for (const path of [`/rollouts/${none}/failures`, `/procedures/${none}/failures`])
    expect((await get(path)).status).toBe(404)
  expect((await ask('GET', `/api/v1/rollouts/${rollout.id}/failures`, { token: null })).status).toBe(401)
})
