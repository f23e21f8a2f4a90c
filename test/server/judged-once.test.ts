// Several processes judge the same rollouts: the same evidence is looked at by one of them, and new evidence by somebody.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type Db, rows } from '../../db/client.ts'
import { noDeliveries } from '../../server/jobs.ts'
import { judging } from '../../server/judging.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { clock, database } = service
const judge = () => judging({ database, now: clock.now, deliveries: noDeliveries })
const here = judge()
const there = judge()

async function aRollout() {
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const judgedAt = async () =>
    (
      await rows<{ at: string | null }>(
        database.db,
        sql`select judged_at::text as at from rollouts where id = ${rollout.id}::uuid`,
      )
    )[0]?.at ?? null
  const asked = async () => {
    const [due] = await here.due(line.procedure)
    if (!due) throw new Error('expected the rollout to be live')
    return due.asked
  }
  return { line, rollout, judgedAt, asked }
}

test('what one process has judged since it was asked for, another does not judge again', async () => {
  const { rollout, judgedAt, asked } = await aRollout()
  const both = await asked()
  await here.judge(rollout.id, both)
  const first = await judgedAt()
  expect(first).not.toBeNull()
  expect(await there.judge(rollout.id, both)).toBeUndefined()
  expect(await judgedAt()).toBe(first)
})

test('what came after a judging began is judged, whichever process hears of it', async () => {
  const { line, rollout, asked } = await aRollout()
  await here.judge(rollout.id, await asked())
  const [canary] = await rollout.canaries()
  if (!canary) throw new Error('no canary')
  clock.pass(60_000)
  await line.runs([{ station: canary, deployment: line.next, start: -30_000 }])
  await there.judge(rollout.id, await asked())
  expect(await rollout.station(canary)).toMatchObject({ status: 'confirmed' })
})

test('the clock asks for those that nobody has judged lately', async () => {
  const { rollout, asked } = await aRollout()
  const isDue = async () => (await there.due()).some(({ id }) => id === rollout.id)
  expect(await isDue()).toBe(true)
  await here.judge(rollout.id, await asked())
  expect(await isDue()).toBe(false)
  await database.db.execute(
    sql`update rollouts set judged_at = judged_at - interval '2 seconds' where id = ${rollout.id}::uuid`,
  )
  expect(await isDue()).toBe(true)
})

test.runIf(database.engine.kind === 'postgres')(
  'a rollout that somebody holds is not waited for, and judged when it is free',
  async () => {
    const { rollout, judgedAt, asked } = await aRollout()
    await database.people.transaction(async (tx: Db) => {
      await tx.execute(sql`select 1 from rollouts where id = ${rollout.id}::uuid for update`)
      expect(await here.judge(rollout.id, await asked())).toBe('again')
      expect(await judgedAt()).toBeNull()
    })
    expect(await here.judge(rollout.id, await asked())).toBeUndefined()
    expect(await judgedAt()).not.toBeNull()
  },
)
