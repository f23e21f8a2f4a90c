// Clicks on a card that was drawn for an earlier state: told at once who moved the rollout, at little cost.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { Db } from '../../db/client.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import { ines, marek } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const bench = await openTestService()
const { service, database } = bench
const pause = { verb: 'pause', why: 'a look at it' } as const
const resume = { verb: 'resume' } as const

/** Paused by Ines with the command `first`, so that what was drawn before is old. */
async function aMovedRollout() {
  const line = await testLine(bench, { stations: 4 })
  const { id } = await testRollout(bench, line)
  const version = (await service.get(id))?.version ?? 0
  const command = `${id} first`
  const first = await service.command(id, pause, ines, { version }, command)
  if (isRefusal(first)) throw new Error(first.why)
  return { line, id, drawn: { version }, command, did: first.did }
}

test('a late click is told who moved the rollout, and moves nothing', async () => {
  const { id, drawn } = await aMovedRollout()
  expect(await service.command(id, resume, marek, drawn, `${id} late`)).toMatchObject({
    refused: 'stale',
    why: expect.stringMatching(/^the rollout has moved on: Ines Duarte paused at .*; it is now .*paused$/),
  })
  expect((await service.get(id))?.status).toBe('paused')
})

test('the very command that moved it is no late click when it comes again: it is told what it did', async () => {
  const { id, drawn, command, did } = await aMovedRollout()
  expect(await service.command(id, pause, ines, drawn, command)).toMatchObject({ did })
})

test('a late abort aborts, and a late click on an ended rollout is told of its end', async () => {
  const { id, drawn } = await aMovedRollout()
  const aborted = await service.command(id, { verb: 'abort', why: 'smoke' }, ines, drawn, `${id} abort`)
  expect(aborted).toMatchObject({ rollout: { status: 'aborted' } })
  expect(await service.command(id, resume, marek, drawn, `${id} late`)).toMatchObject({
    refused: 'terminal',
    why: expect.stringContaining('Ines Duarte: smoke'),
  })
})

test.runIf(database.engine.kind === 'postgres')(
  'a late click does not wait for whoever decides at this moment',
  async () => {
    const { id, drawn } = await aMovedRollout()
    const late = await database.db.transaction(async (tx: Db) => {
      await tx.execute(sql`select 1 from rollouts where id = ${id}::uuid for update`)
      return service.command(id, resume, marek, drawn, `${id} late`)
    })
    expect(late).toMatchObject({ refused: 'stale' })
  },
)

test('of which procedure a rollout is can be asked without its stations', async () => {
  const { line, id } = await aMovedRollout()
  await service.setChannel(line.procedure, { channel: 'C0ROLLOUTS', team: 'T1' }, ines)
  const brief = { id: line.procedure, channel: 'C0ROLLOUTS', team: 'T1' }
  expect(await service.procedureOf(id)).toMatchObject(brief)
  expect(await service.procedureInBrief(line.procedure)).toEqual(await service.procedureOf(id))
})
