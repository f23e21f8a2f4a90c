// A backup, restored somewhere else: the service that starts on it has the same ledger, states and counts, and goes on.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { verifyAudit } from '../../db/audit-verification.ts'
import { openDatabase, rows } from '../../db/client.ts'
import { databaseCopy } from '../support/database-copy.ts'
import { recounted, tallied } from '../support/history.ts'
import { testDatabase } from '../support/test-database.ts'
import { testLine } from '../support/test-line.ts'
import { rolloutOf, testRollout } from '../support/test-rollout.ts'
import { openTestService, type TestService } from '../support/test-service.ts'

const made = await testDatabase()
afterAll(() => made.drop())

/** As docs/operation.md says: the chains of the record, the ledgers of all rollouts as tables, and their states. */
async function fingerprint({ ask, database }: TestService) {
  const found = await rows<{ id: string; state: string }>(
    database.db,
    sql`select id::text as id, (status || state::text) as state from rollouts order by id`,
  )
  const hash = createHash('sha256')
  for (const { id, state } of found)
    hash.update(state).update((await ask('GET', `/api/v1/rollouts/${id}/ledger.csv`)).body)
  const chains = await verifyAudit(database.db, [])
  expect(chains.filter(({ fault }) => fault !== null)).toEqual([])
  return { rollouts: found.length, ledger: hash.digest('hex'), chains }
}

test('a restored copy has the same ledger and counts, knows repetitions, and its rollouts go on', {
  timeout: 240_000,
}, async () => {
  const database = await made.open()
  const before = await openTestService({ database })
  const line = await testLine(before, { stations: 3 })
  const rollout = await testRollout(before, line)
  await rollout.confirm()
  for (const bench of line.benches)
    for (const unit of ['a', 'b', 'a'])
      expect((await line.run({ station: bench, unit: `${bench.name}-${unit}` })).status).toBe(200)
  const sent = line.runBody({ unit: 'SN-sent' })
  const post = (service: TestService) =>
    service.ask('POST', '/api/v1/runs', { token: line.bench(0).key, body: sent })
  const { id } = (await post(before)).body
  await before.judge(line.procedure)
  await rollout.verb('pause', { reason: 'lunch' })
  const had = { ...(await fingerprint(before)), tallies: await tallied(database.db, line.procedure) }
  expect(had.rollouts).toBe(1)

  const copy = await databaseCopy(made, () => database.close())
  const restored = await openDatabase(copy.where)
  afterAll(async () => {
    await restored.close()
    await copy.drop()
    await database.close()
  })
  const after = await openTestService({ database: restored })
  const tallies = await tallied(restored.db, line.procedure)
  expect({ ...(await fingerprint(after)), tallies }, copy.by).toEqual(had)
  expect(tallies).toEqual(await recounted(restored.db, line.procedure))
  // What was sent before the backup is known, whatever its station remembers.
  expect((await post(after)).body.id).toBe(id)
  expect(await tallied(restored.db, line.procedure)).toEqual(tallies)
  const again = rolloutOf(after, line, rollout.id)
  expect((await again.verb('resume', { reason: 'after lunch' })).status).toBe(200)
  expect((await again.verb('abort', { reason: 'tried enough' })).status).toBe(200)
  expect((await fingerprint(after)).ledger).not.toBe(had.ledger)
})
