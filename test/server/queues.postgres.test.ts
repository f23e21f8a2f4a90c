// Many connections decide at once: what one of them has queued and not yet committed keeps no other rollout waiting.
import Fastify from 'fastify'
import { afterAll, expect, test } from 'vitest'
import type { Db } from '../../db/client.ts'
import type { ProcedureId, RolloutId } from '../../server/domain/ids.ts'
import { startJobs } from '../../server/jobs.ts'
import type { Delivery } from '../../server/service.ts'
import { openTestDatabase } from '../support/open-test-database.ts'

const database = await openTestDatabase()
const jobs = await startJobs(database, Fastify().log)
afterAll(() => jobs.stop())

/** All that a change of one rollout queues. */
const change = (name: string): Delivery[] => {
  const rolloutId = name as RolloutId
  return [
    { kind: 'card', rolloutId, stageIndex: 0 },
    { kind: 'thread', rolloutId, sequence: 1 },
    { kind: 'direct', rolloutId, sequence: 1 },
    { kind: 'digest', procedureId: name as ProcedureId },
    { kind: 'home', rolloutId },
  ]
}
async function queue(tx: Db, name: string): Promise<void> {
  for (const job of change(name)) await jobs.deliveries.send(tx, job)
}

test('an abort does not wait for the commit of another rollout’s judgement', async () => {
  const happened: string[] = []
  await database.db.transaction(async (judgement: Db) => {
    await queue(judgement, 'judged')
    const abort = database.db.transaction((tx: Db) => queue(tx, 'aborted'))
    const giveUp = AbortSignal.timeout(5_000)
    await Promise.race([
      abort.then(() => happened.push('aborted')),
      new Promise((done) => giveUp.addEventListener('abort', done)),
    ])
    happened.push('judged')
  })
  expect(happened).toEqual(['aborted', 'judged'])
})
