// The log of the service: each line that is about a rollout names it, and each of a request has the request's id.
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import type { DeploymentId, RolloutId } from '../../server/domain/ids.ts'
import { startJobs } from '../../server/jobs.ts'
import { serviceOn } from '../support/service-on.ts'
import { testDatabase } from '../support/test-database.ts'
import { type Bench, type RunSaid, testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'

const minute = 60_000

test('a decision, a judgement, a delivery that fails and a request that fails name their rollout', async () => {
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const said = (msg: string) => lines.filter((line) => line.msg === msg)
  const made = await testDatabase()
  const database = await made.open()
  const service = await serviceOn(database, { log })
  const line = await testLine(service, { stations: 4 })
  const tested = (benches: Bench[], deployment: DeploymentId, failing: number, start: number): RunSaid[] =>
    benches.flatMap((station) =>
      Array.from({ length: 40 }, (_, n) => ({
        station,
        deployment,
        outcome: n % failing === 0 ? 'FAIL' : 'PASS',
        start: start + n * minute,
      })),
    )
  await line.runs(tested(line.benches, line.base, 20, -600 * minute))
  const rollout = await testRollout(service, line)
  const { id } = rollout
  await rollout.verb('advance')
  await rollout.confirm()
  const canaries = await rollout.canaries()
  service.clock.pass(60 * minute)
  await line.runs([
    ...tested(canaries, line.next, 2, -50 * minute),
    ...tested(
      line.benches.filter((bench) => !canaries.includes(bench)),
      line.base,
      20,
      -50 * minute,
    ),
  ])
  await service.judge(line.procedure)
  expect(said('a decision')).toMatchObject([
    { rollout: id, command: 'start', decision: 'done', reqId: expect.any(String) },
    { rollout: id, command: 'advance', decision: 'not ready', reqId: expect.any(String) },
  ])
  expect(new Set(said('a decision').map(({ reqId }) => reqId)).size).toBe(2)
  expect(said('a judgement')).toMatchObject([{ rollout: id, did: expect.arrayContaining(['BreachOpened']) }])

  const jobs = await startJobs(database, log)
  await database.db.transaction((tx) =>
    jobs.deliveries.send(tx, { kind: 'card', rolloutId: id as RolloutId, stageIndex: 0 }),
  )
  await jobs.work(() => Promise.reject(new Error('Slack hung up')))
  const failed = 'a delivery to Slack failed: it is tried again'
  await vi.waitFor(() => expect(said(failed)[0]).toMatchObject({ rollout: id, delivery: { kind: 'card' } }), {
    timeout: 10_000,
  })
  await jobs.stop()

  await database.close()
  expect((await service.app.inject({ url: `/rollouts/${id}` })).statusCode).toBeGreaterThanOrEqual(400)
  const answer = await service.ask('GET', `/api/v1/rollouts/${id}`)
  expect(answer.status).toBe(503)
  expect(said('the database is away').at(-1)).toMatchObject({ rollout: id, reqId: expect.any(String) })
  // What it would still note has nowhere to go.
  await service.close().catch(() => {})
  await made.drop()
})
