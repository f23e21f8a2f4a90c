// Replays over stored history: played in a thread, kept, one at a time; and their page.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { addReplay, lastReplays, touchReplay } from '../../db/replays.ts'
import type { KeptReplay } from '../../server/domain/backtest/kept-replay.ts'
import { replayAsked } from '../../server/domain/backtest/replay-asked.ts'
import type { ProcedureId } from '../../server/domain/ids.ts'
import { day, hour, minute } from '../../server/domain/instant.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { history } from '../domain/backtest/synthetic-history.ts'
import { ines } from '../support/fixed-values.ts'
import { aDoorway, aPersonReading } from '../support/page-doorway.ts'
import { pageSite } from '../support/page-site.ts'
import { rawLine } from '../support/raw-line.ts'
import { storeHistory } from '../support/stored-history.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock, database } = service
const site = await pageSite({ replay: service.service, now: clock.now })

async function ended(procedure: ProcedureId): Promise<KeptReplay> {
  for (let turn = 0; turn < 600; turn++) {
    const found = await service.service.replays(procedure)
    if (found?.ended && !found.open) return found.ended
    await delay(50)
  }
  throw new Error('the replay did not end')
}

/** Four stations that ran one build for 24 days. */
async function storedLine() {
  const line = await rawLine(database.db, { stations: 4, deployments: 1 })
  await storeHistory(database.db, line, history({ stations: 4, days: 24, runsPerDay: 40, rate: 0.04 }))
  return line
}
const urlOf = (id: string) => `/api/v1/procedures/${id}/replay`

test('a replay plays healthy rollouts of a stored history, and is kept with what was asked', async () => {
  const line = await storedLine()
  const begun = await ask('POST', urlOf(line.procedureId), {
    body: { preset: 'small-fleet', rollouts: 5, days: 24 },
  })
  expect(begun).toMatchObject({
    status: 202,
    body: { did: expect.stringContaining('began to replay 5 rollouts') },
  })
  const busy = await ask('POST', urlOf(line.procedureId), { body: {} })
  expect(busy).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('one is played at a time') },
  })

  const { result, failedWhy, asked } = await ended(line.procedureId)
  expect(failedWhy).toBeNull()
  expect(asked).toMatchObject({ preset: 'small-fleet', riskClass: 'policy', rollouts: 5, days: 24, seed: 1 })
  const report = result?.report
  expect(report).toMatchObject({ stations: 4, rollouts: 5, alarmBudget: expect.closeTo(0.05, 6) })
  expect(report?.falseStops.replays).toBe(10)
  expect(report?.canaries.map(({ label }) => label)).toEqual(['1 station', '50 %'])
  for (const canary of report?.canaries ?? []) {
    expect(canary.lasted.replays + canary.lasted.overdue + canary.falseStops.stopped).toBe(5)
    expect(canary.found.map(({ drop }) => drop)).toEqual([0.01, 0.02, 0.04, 0.06, 0.08, 0.12])
  }
  // A day of soak, and a hundred first attempts of forty a day: two and a half days on one station.
  expect(report?.canaries[0]?.lasted.median).toBeGreaterThan(2 * day)
  expect(report?.canaries[0]?.lasted.median).toBeLessThanOrEqual(3 * day)

  const read = await ask('GET', urlOf(line.procedureId))
  expect(read.body).toMatchObject({ open: null, ended: { asked: { risk_class: 'policy' }, progress: 1 } })
  const page = await site.inject({ url: `/procedures/${line.procedureId}/replay` })
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('of healthy stages stopped for nothing')
  expect(page.body).toContain('<svg role="img"')
  expect(page.headers.refresh).toBeUndefined()
  const table = await site.inject({ url: `/procedures/${line.procedureId}/replay/found.csv` })
  expect(table.body.trim().split('\r\n')).toHaveLength(1 + 2 * 7)
  const data = await site.inject({ url: `/procedures/${line.procedureId}/replay/found.json` })
  expect(data.json().data[0]).toMatchObject({ canary: '1 station', drop_points: 0, replays: 5 })
  const picture = await site.inject({ url: `/procedures/${line.procedureId}/replay/found.svg` })
  expect(picture.headers['content-type']).toContain('image/svg+xml')
})

test('the same is played the same again, in whatever thread', async () => {
  const line = await storedLine()
  const asked = replayAsked.parse({ preset: 'hot-fix', rollouts: 5, days: 24 })
  const results = []
  for (let turn = 0; turn < 2; turn++) {
    const begun = await service.service.startReplay(line.procedureId, asked, ines)
    expect(isRefusal(begun)).toBe(false)
    results.push((await ended(line.procedureId)).result)
  }
  expect(results[0]).toEqual(results[1])
})

test('a history that is too short is said to be, with what would help', async () => {
  const line = await rawLine(database.db, { stations: 2, deployments: 1 })
  await storeHistory(database.db, line, history({ stations: 2, days: 3, runsPerDay: 20, rate: 0.04 }))
  await service.service.startReplay(line.procedureId, replayAsked.parse({}), ines)
  const { result } = await ended(line.procedureId)
  expect(result?.report).toBeNull()
  expect(result?.noReport?.why).toContain('on one build')
  const page = await site.inject({ url: `/procedures/${line.procedureId}/replay` })
  expect(page.body).toContain('It could not be played')

  const empty = await rawLine(database.db, { stations: 1, deployments: 1 })
  await service.service.startReplay(empty.procedureId, replayAsked.parse({}), ines)
  expect((await ended(empty.procedureId)).failedWhy).toContain('expected runs to replay, got none')
})

test('past rollouts are judged again, beside what really happened', async () => {
  const line = await testLine(service, { stations: 3 })
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 200 }, (_, index) => ({
        station,
        deployment: line.base,
        start: -2 * day + index * minute,
        outcome: index % 50 === 0 ? 'FAIL' : 'PASS',
      })),
    ),
  )
  const rollout = await testRollout(service, line, {
    gates: [{ metric: 'first-pass yield', mode: 'observe' }],
  })
  await rollout.confirm()
  const [canary] = await rollout.canaries()
  clock.pass(hour)
  await line.runs(
    line.benches.flatMap((station) =>
      Array.from({ length: 40 }, (_, index) => ({
        station,
        deployment: station.id === canary?.id ? line.next : line.base,
        start: -50 * minute + index * minute,
        outcome: station.id === canary?.id && index % 2 === 0 ? 'FAIL' : 'PASS',
      })),
    ),
  )
  await service.judge(line.procedure)
  await rollout.verb('abort', { reason: 'a person saw it' })
  await service.service.startReplay(line.procedure, replayAsked.parse({}), ines)
  const { result } = await ended(line.procedure)
  expect(result?.past).toMatchObject([
    {
      id: rollout.id,
      version: 'v2',
      outcome: 'aborted by a person',
      real: null,
      asked: { gates: expect.arrayContaining(['first-pass yield']) },
    },
  ])
  const [again] = result?.past ?? []
  expect(again?.asked?.at).toBeGreaterThan(again?.startedAt ?? 0)
  expect(again?.firstAttempts).toBeLessThan(40)
  const page = await site.inject({ url: `/procedures/${line.procedure}/replay` })
  expect(page.body).toContain(`href="/rollouts/${rollout.id}"`)
})

test('the page begins one by its form, leads back to itself, and is asked for again while it goes on', async () => {
  const line = await storedLine()
  const own = `/procedures/${line.procedureId}/replay`
  const empty = await site.inject({ url: own })
  expect(empty.body).toContain('Nothing has been replayed yet')
  expect(empty.body).toContain(`name="token" value="${aPersonReading.formToken}"`)
  const send = (fields: Record<string, string>) =>
    site.inject({
      method: 'POST',
      url: own,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ token: aPersonReading.formToken, ...fields }).toString(),
    })
  const wrong = await send({ preset: 'none' })
  expect([wrong.statusCode, wrong.body]).toEqual([422, expect.stringContaining('It was not begun')])
  expect((await send({ preset: 'small-fleet', token: 'of another site' })).statusCode).toBe(403)
  const begun = await send({ preset: 'small-fleet', risk_class: 'low', days: '24', rollouts: '5' })
  expect([begun.statusCode, begun.headers.location]).toEqual([303, own])
  const going = await site.inject({ url: own })
  expect(going.headers.refresh).toBe('3')
  expect(going.body).toContain('<progress')
  expect(going.body).toContain('disabled>Replay')
  const busy = await send({ preset: 'small-fleet' })
  expect(busy.statusCode).toBe(409)
  expect(busy.body).toContain('one is played at a time')
  await ended(line.procedureId)
  expect((await site.inject({ url: own })).body).toContain('of the low risk class')
})

test('one whose process ended is not under way for ever, and the oldest are forgotten', async () => {
  const line = await rawLine(database.db, { stations: 1, deployments: 1 })
  const { procedureId } = line
  const asked = replayAsked.parse({})
  await addReplay(database.db, { procedureId, asked, by: ines, at: clock.now() })
  expect((await service.service.replays(procedureId))?.open).not.toBeNull()
  clock.pass(3 * minute)
  expect(await service.service.replays(procedureId)).toEqual({ ended: null, open: null })
  for (let turn = 0; turn < 25; turn++) {
    const id = await addReplay(database.db, { procedureId, asked, by: ines, at: clock.now() })
    await touchReplay(
      database.db,
      { procedureId, id },
      { failedWhy: `${turn}`, at: clock.now(), isOver: true },
    )
  }
  const last = await lastReplays(database.db, procedureId)
  expect([last.ended?.failedWhy, last.open]).toEqual(['24', null])
})

test('an unknown procedure, a reader by link and a wrong number are refused', async () => {
  expect((await ask('GET', urlOf(randomUUID()))).status).toBe(404)
  expect((await ask('POST', urlOf(randomUUID()), { body: {} })).status).toBe(404)
  expect((await ask('POST', urlOf(randomUUID()), { body: { days: 9999 } })).status).toBe(422)
  expect((await ask('POST', urlOf(randomUUID()), { token: null, body: {} })).status).toBe(401)
  expect((await site.inject({ url: '/procedures/%3Cb%3E/replay' })).body).not.toContain('<b>')
  const closed = await pageSite({
    replay: service.service,
    ...aDoorway(() => null),
  })
  expect((await closed.inject({ url: '/procedures/x/replay' })).statusCode).toBe(403)
})
