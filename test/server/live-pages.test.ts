// Open pages that are told when their rollout changes, over real connections.
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import type { Database } from '../../db/client.ts'
import { rolloutMark } from '../../db/rollout-marks.ts'
import type { RolloutId } from '../../server/domain/ids.ts'
import { rolloutWatchers } from '../../server/rollout-watchers.ts'
import { testBrowser } from '../support/test-browser.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const site = await service.app.listen({ port: 0, host: '127.0.0.1' })
const line = await testLine(service, { stations: 3 })
const rollout = await testRollout(service, line)
const quiet = { warn: () => {} }
const patience = { timeout: 10_000 }
afterAll(() => service.app.server.closeAllConnections())

/** By the session that the rollout's link is worth. */
async function sessionCookie(id: RolloutId): Promise<string> {
  const browser = testBrowser(service.app)
  await browser.visit((await service.service.get(id))?.url ?? '')
  return browser
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

async function stream(id: RolloutId, cookie: string) {
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const answer = await fetch(`${site}/rollouts/${id}/live`, { headers: { cookie }, signal: gone.signal })
  const heard = { answer, text: '', ended: false }
  const read = async () => {
    for await (const chunk of answer.body ?? []) heard.text += Buffer.from(chunk).toString()
    heard.ended = true
  }
  read().catch(() => {
    heard.ended = true
  })
  return Object.assign(heard, { leave: () => gone.abort() })
}

test('a page hears the mark of now, and another one when something was decided', async () => {
  const page = await stream(rollout.id, await sessionCookie(rollout.id))
  expect(page.answer.status).toBe(200)
  expect(page.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(page.answer.headers.get('cache-control')).toBe('no-store')
  const now = await rolloutMark(service.database.db, rollout.id)
  await vi.waitFor(() => expect(page.text).toContain(`event: mark\ndata: ${now}\n\n`), patience)
  expect(page.text).toMatch(/^retry: \d+\n\n/)
  await rollout.verb('pause', { reason: 'a look at the fixture' })
  const then = await rolloutMark(service.database.db, rollout.id)
  expect(then).not.toBe(now)
  await vi.waitFor(() => expect(page.text).toContain(`data: ${then}\n`), patience)
  await rollout.verb('resume')
})

test('the mark is another one for every run that is counted', async () => {
  await rollout.confirm()
  const before = await rolloutMark(service.database.db, rollout.id)
  expect(await rolloutMark(service.database.db, rollout.id)).toBe(before)
  await line.run({ station: line.bench(2), deployment: line.base })
  expect(await rolloutMark(service.database.db, rollout.id)).not.toBe(before)
})

test('nobody else hears anything, and there is nothing to hear of no rollout', async () => {
  expect((await fetch(`${site}/rollouts/${rollout.id}/live`)).status).toBe(403)
  expect(await rolloutMark(service.database.db, line.procedure as unknown as RolloutId)).toBeNull()
})

test('a page that is closed is watched for no longer', async () => {
  const cookie = await sessionCookie(rollout.id)
  const before = service.watching()
  const page = await stream(rollout.id, cookie)
  await vi.waitFor(() => expect(service.watching()).toBe(before + 1), patience)
  page.leave()
  await vi.waitFor(() => expect(service.watching()).toBe(before), patience)
})

test('many pages of one rollout cost one look at the database between them', async () => {
  let looks = 0
  const counted: Database = {
    ...service.database,
    db: new Proxy(service.database.db, {
      get(db, name) {
        if (name === 'execute') looks++
        const value = Reflect.get(db, name)
        return typeof value === 'function' ? value.bind(db) : value
      },
    }),
  }
  const watchers = await rolloutWatchers(counted, quiet, { apart: 0, anyway: 60_000 })
  const heard: string[] = []
  const ended: number[] = []
  for (let page = 0; page < 50; page++)
    watchers.watch(rollout.id, { heard: (mark) => heard.push(mark), ended: () => ended.push(page) })
  await vi.waitFor(() => expect(heard).toHaveLength(50), patience)
  expect(looks).toBe(1)
  await rollout.verb('pause', { reason: 'again' })
  await vi.waitFor(() => expect(heard).toHaveLength(100), patience)
  expect(new Set(heard).size).toBe(2)
  expect(looks).toBeLessThan(5)
  await rollout.verb('resume')
  await watchers.stop()
  expect(ended).toHaveLength(50)
  expect(watchers.watch(rollout.id, { heard: () => {}, ended: () => {} })).toBeNull()
})

test('what nobody announces is found before long', async () => {
  const deaf: Database = { ...service.database, listen: async () => async () => {} }
  const watchers = await rolloutWatchers(deaf, quiet, { apart: 0, anyway: 50 })
  const heard: string[] = []
  const unwatch = watchers.watch(rollout.id, { heard: (mark) => heard.push(mark), ended: () => {} })
  await vi.waitFor(() => expect(heard).toHaveLength(1), patience)
  await rollout.verb('pause', { reason: 'unheard' })
  await vi.waitFor(() => expect(heard).toHaveLength(2), patience)
  unwatch?.()
  expect(watchers.count()).toBe(0)
  await rollout.verb('resume')
  await watchers.stop()
})

test('no more pages are told than can be', async () => {
  const watchers = await rolloutWatchers(service.database, quiet, { apart: 1_000, anyway: 60_000 })
  const nothing = { heard: () => {}, ended: () => {} }
  const unwatch = Array.from({ length: 1_000 }, () => watchers.watch(rollout.id, { ...nothing }))
  expect(unwatch.every((each) => each !== null)).toBe(true)
  expect(watchers.watch(rollout.id, nothing)).toBeNull()
  unwatch[0]?.()
  expect(watchers.watch(rollout.id, nothing)).not.toBeNull()
  await watchers.stop()
})

test('the end of the service ends the streams, so that it does not wait for them', async () => {
  const page = await stream(rollout.id, await sessionCookie(rollout.id))
  await vi.waitFor(() => expect(page.text).toContain('event: mark'), patience)
  await service.stopWatching()
  await vi.waitFor(() => expect(page.ended).toBe(true), patience)
  expect(
    (
      await fetch(`${site}/rollouts/${rollout.id}/live`, {
        headers: { cookie: await sessionCookie(rollout.id) },
      })
    ).status,
  ).toBe(503)
})
