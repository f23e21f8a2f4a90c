// Slack is answered before anything is asked of the database: shut, it holds up the work of a click and no answer.
import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Db, rows } from '../../db/client.ts'
import { fakeService } from '../bot/support/fake-service.ts'
import { channel, openBot } from '../bot/support/open-bot.ts'
import { ines } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const real = await openTestService()
const user = ines.id
const patiently = { timeout: 10_000, interval: 10 }

/** Nobody reads or writes any table until `open`. */
async function shutDatabase() {
  const shut = Promise.withResolvers<void>()
  const opening = Promise.withResolvers<void>()
  const holding = real.database.ingest.transaction(async (tx: Db) => {
    const tables = await rows<{ name: string }>(
      tx,
      sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
    )
    await tx.execute(sql.raw(`lock table ${tables.map(({ name }) => name).join(', ')}`))
    shut.resolve()
    await opening.promise
  })
  await Promise.race([shut.promise, holding])
  const open = async () => {
    opening.resolve()
    await holding
  }
  onTestFinished(open)
  return { open }
}

async function aCard(name: string) {
  const line = await testLine(real, { stations: 4, name })
  const rollout = await testRollout(real, line)
  const { workspace, bot } = await openBot({ service: { ...fakeService(), ...real.service } })
  await real.service.setChannel(line.procedure, { channel, team: null }, ines)
  const view = await rollout.get()
  await bot.deliver({ kind: 'card', rolloutId: view.id, stageIndex: Math.max(0, view.stage_index) })
  const ts = workspace.messages(channel)[0]?.ts ?? ''
  const done = async (type: string) =>
    (await real.service.events(view.id)).filter((event) => event.type === type)
  return { workspace, done, click: (actionId: string) => workspace.click({ user, channel, ts, actionId }) }
}

test('a click is acknowledged while the database is shut, and done once when it opens', async () => {
  const { click, done } = await aCard('Shut A')
  const { open } = await shutDatabase()
  expect(await click('pause')).toMatchObject({ ok: true })
  await open()
  await vi.waitFor(async () => expect(await done('RolloutPaused')).toHaveLength(1), patiently)
})

test('so is a command', async () => {
  const { workspace, done } = await aCard('Shut B')
  const { open } = await shutDatabase()
  expect(await workspace.command({ user, channel, text: 'pause "Shut B" checking' })).toMatchObject({
    ok: true,
  })
  await open()
  await vi.waitFor(async () => expect(await done('RolloutPaused')).toHaveLength(1), patiently)
})

test('a form is closed before Slack gives up, and what it asks for is done once when the database opens', async () => {
  const { workspace, click, done } = await aCard('Shut C')
  await click('abort')
  await workspace.waitFor(() => workspace.views(user).length > 0, 2000)
  const viewId = workspace.views(user).at(-1)?.id ?? ''
  const { open } = await shutDatabase()
  expect(await workspace.submitView({ user, viewId, values: { reason: 'smoke' } })).toMatchObject({
    ok: true,
  })
  expect(workspace.views(user)).toEqual([])
  await open()
  await vi.waitFor(async () => expect(await done('RolloutAborted')).toHaveLength(1), patiently)
})
