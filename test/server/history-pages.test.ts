// The pages of history and learning over what is stored: filters without script, hostile names, data as tables.
import { expect, test } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import { aDoorway } from '../support/page-doorway.ts'
import { pageSite } from '../support/page-site.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const site = await pageSite({ history: service.service, now: service.clock.now })
const closed = await pageSite({ history: service.service, ...aDoorway(() => null) })
const hostile = `<img src=x onerror=alert(1)>"'& ${Math.random()}`
const get = async (url: string) => {
  const { statusCode, body, headers } = await site.inject({ url })
  return { status: statusCode, body, type: String(headers['content-type']) }
}

test('nothing rolled out is said so, and what to do', async () => {
  const { status, body } = await get('/history')
  expect(status).toBe(200)
  expect(body).toContain('Nothing has been rolled out yet')
})

test('rollouts are found by a plain form, with hostile names escaped everywhere', async () => {
  const line = await testLine(service, { stations: 2, name: hostile })
  const build = await line.build('v3<b>', { labels: ['<i>limits</i>', 'x'] })
  const rollout = await testRollout(service, line, { deployment_id: build })
  await rollout.confirm()
  service.clock.pass(hour)
  await rollout.verb('abort', { reason: '<script>alert(2)</script>' })

  const all = await get('/history')
  for (const mark of ['<img', '<b>', '<i>', '<script>alert']) expect(all.body).not.toContain(mark)
  expect(all.body).toContain('aborted by a person')
  expect(all.body).toContain(`href="/rollouts/${rollout.id}"`)
  expect(all.body).toContain('<form class="filters" method="get" action="/history"')

  const query = new URLSearchParams({
    procedure: line.procedure,
    label: '<i>limits</i>',
    outcome: 'aborted by a person',
  })
  const found = await get(`/history?${query}`)
  expect(found.body).toContain('1 rollout found.')
  expect(found.body).toContain(`/procedures/${line.procedure}/learning`)
  expect(found.body).toContain('selected>aborted by a person')
  expect(found.body).not.toContain('<i>')

  const none = await get('/history?label=unheard-of')
  expect(none.body).toContain('No rollout is like that')
  expect(none.body).toContain('unheard-of')

  const learning = await get(`/procedures/${line.procedure}/learning`)
  expect(learning.status).toBe(200)
  for (const mark of ['<img', '<i>', '<script>alert']) expect(learning.body).not.toContain(mark)
  expect(learning.body).toContain('1 of 1 decided rollouts')
})

test('what cannot be read in an address is as if it had not been asked for', async () => {
  for (const query of [
    '?procedure=no-id',
    '?outcome=x',
    '?from=tomorrow',
    '?offset=-3',
    '?label=a&label=b',
  ]) {
    const { status, body } = await get(`/history${query}`)
    expect(status).toBe(200)
    expect(body).toContain('1 rollout')
  }
})

test('a page holds fifty, and leads on to older ones with the same filters', async () => {
  const rows = (await service.service.rolloutHistory(nothingAsked, { limit: 1, offset: 0 })).rows
  const [row] = rows
  if (!row) throw new Error('no rollout')
  const many = await pageSite({
    history: {
      ...service.service,
      rolloutHistory: async (_filter, page) => ({
        rows: Array.from({ length: 50 }, () => row),
        total: 120,
        ...page,
      }),
    },
  })
  const { body } = await many.inject({ url: '/history?site=Lyon&offset=50' })
  expect(body).toContain('51–100 of 120')
  expect(body).toContain('offset=100')
  expect(body).toContain('rel="prev"')
  expect(body).toContain('site=Lyon')
  expect(Buffer.byteLength(body)).toBeLessThan(150_000)
})

test('the learning is there as data and as a table', async () => {
  const [procedure] = await service.service.procedures()
  const data = await get(`/procedures/${procedure?.id}/learning.json`)
  expect(JSON.parse(data.body)).toMatchObject({ all: { rollouts: 1, aborted_by_person: 1 } })
  const table = await get(`/procedures/${procedure?.id}/learning.csv`)
  expect(table.type).toBe('text/csv; charset=utf-8')
  expect(table.body).toContain('aborted by a person,1,1')
  const backwards = await get(`/procedures/${procedure?.id}/learning?from=2026-05-02&to=2026-05-01`)
  expect(backwards.status).toBe(200)
})

test('an unknown procedure is said to be none, and a reader by link sees nothing of it', async () => {
  for (const id of ['no-id', '00000000-0000-4000-8000-00000000dead', '%3Cscript%3E']) {
    const { status, body } = await get(`/procedures/${id}/learning`)
    expect(status).toBe(404)
    expect(body).toContain('Expected the id of a procedure')
    expect(body).not.toContain('<script>')
  }
  expect((await closed.inject({ url: '/history' })).statusCode).toBe(403)
  expect((await closed.inject({ url: '/procedures/no-id/learning' })).statusCode).toBe(403)
})

const nothingAsked = { procedureId: null, label: null, site: null, outcome: null, from: null, to: null }
