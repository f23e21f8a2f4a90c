// First attempts by day or for ever: what a change of the rule does to the counts, and when it is refused.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { tallied } from '../support/history.ts'
import { type TestLine, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const day = 86_400_000

const change = (line: TestLine, body: object) =>
  ask('PATCH', `/api/v1/procedures/${line.procedure}`, { body })
const units = async (line: TestLine) => {
  const { hourly } = await tallied(database.db, line.procedure)
  const sum = (of: 'units' | 'passed') => hourly.reduce((total, each) => total + each[of], 0)
  return [sum('units'), sum('passed')]
}
const ranks = async (line: TestLine, unit: string) =>
  (await ask('GET', `/api/v1/procedures/${line.procedure}/units/${unit}/runs`)).body.data.map(
    (run: { attempt: number | null }) => run.attempt,
  )

/** 23:50 and 00:10 in Paris, and a day later. */
async function overnight(line: TestLine): Promise<void> {
  const at = (text: string) => ({ started_at: text, ended_at: text, deployment_id: line.base })
  const station = line.bench(0)
  for (const [unit, outcome, start] of [
    ['U-1', 'FAIL', '2026-05-20T21:50:00Z'],
    ['u-1', 'PASS', '2026-05-20T22:10:00Z'],
    ['U-1', 'PASS', '2026-05-21T09:00:00Z'],
  ] as const)
    expect((await line.run({ station, unit, outcome, more: at(start) })).status).toBe(200)
}

test('a change of the rule counts what is stored anew, and what comes then by the new rule', async () => {
  const line = await testLine(service, { stations: 1 })
  await overnight(line)
  expect(await units(line)).toEqual([1, 0])
  expect(await ranks(line, 'u-1')).toEqual([1, 2, 3])

  const byDay = await change(line, { attempt_rule: 'day', zone: 'Europe/Paris' })
  expect(byDay.body).toMatchObject({
    attempt_rule: 'day',
    first_attempt: 'the first run of a unit on each day that was not aborted',
  })
  expect(await units(line)).toEqual([2, 1])
  expect(await ranks(line, 'u-1')).toEqual([1, 1, 2])

  // In Tokyo all three are of one day; the zone alone moves midnight.
  expect((await change(line, { zone: 'Asia/Tokyo' })).status).toBe(200)
  expect(await units(line)).toEqual([1, 0])
  await line.run({ station: line.bench(0), unit: 'U-1', outcome: 'PASS' })
  expect(await units(line)).toEqual([2, 1])

  expect((await change(line, { attempt_rule: 'ever' })).body.attempt_rule).toBe('ever')
  expect(await units(line)).toEqual([1, 0])
  const events = await rows<{ body: Record<string, unknown> }>(
    database.db,
    sql`select body from procedure_events where procedure_id = ${line.procedure}::uuid and type = 'AttemptRuleChanged' order by id`,
  )
  expect(events.map(({ body }) => body)).toMatchObject([
    {
      from: { attemptRule: 'ever' },
      to: { attemptRule: 'day', zone: 'Europe/Paris' },
      rebuilt: { runs: 3, firstAttempts: 2 },
      by: { name: expect.any(String) },
    },
    { to: { zone: 'Asia/Tokyo' } },
    { to: { attemptRule: 'ever' } },
  ])
})

test('it is refused while a rollout is live or watched, with the others of the same request', async () => {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line, { stages: [{ target: { share: 1 } }], gates: [] })
  const refused = await change(line, { attempt_rule: 'day', soak_minutes: 7 })
  expect(refused).toMatchObject({ status: 409, body: { code: 'not_now' } })
  expect(refused.body.message).toContain('is live or watched')
  expect((await ask('GET', `/api/v1/procedures/${line.procedure}`)).body).toMatchObject({
    attempt_rule: 'ever',
    soak_minutes: null,
  })
  // Where the rule is for ever a zone moves no first attempt.
  expect((await change(line, { zone: 'Europe/Paris', attempt_rule: 'ever' })).status).toBe(200)

  await rollout.confirm()
  await service.judge(line.procedure)
  expect((await rollout.get()).status).toBe('completed')
  expect((await change(line, { attempt_rule: 'day' })).status).toBe(409)
  clock.pass(2 * day)
  expect((await change(line, { attempt_rule: 'day' })).status).toBe(200)
})

test('a rebuild changes nothing that is right, and mends what is not', async () => {
  const line = await testLine(service, { stations: 1 })
  await overnight(line)
  const before = await tallied(database.db, line.procedure)
  await database.db.execute(
    sql`update hourly_tallies set passed = passed + 1 where procedure_id = ${line.procedure}::uuid`,
  )
  const answer = await ask('POST', `/api/v1/procedures/${line.procedure}/rebuild-tallies`)
  expect(answer).toMatchObject({ status: 200, body: { runs: 3, first_attempts: 1, rollouts: 0 } })
  expect(await tallied(database.db, line.procedure)).toEqual(before)
  expect(
    (
      await ask('POST', `/api/v1/procedures/${line.procedure}/rebuild-tallies`, {
        token: line.bench(0).key,
      })
    ).status,
  ).toBe(403)
})

test('a procedure may be added with the rule of each day', async () => {
  const { body } = await ask('POST', '/api/v1/procedures', { body: { name: 'By day', attempt_rule: 'day' } })
  expect(body.attempt_rule).toBe('day')
})
