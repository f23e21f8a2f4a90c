// One build through the whole service: commit, changes, log, runs by day, where it is.
import { expect, test } from 'vitest'
import { commitAddress } from '../../server/commit-address.ts'
import { deploymentId } from '../../server/domain/ids.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { uuid } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask, clock } = service
const detailOf = async (id: string, against: string | null = null) => {
  const found = await service.service.buildDetail(
    deploymentId.parse(id),
    against === null ? null : deploymentId.parse(against),
  )
  if (!found) throw new Error(`no build ${id}`)
  return found
}
const repository = {
  owner: 'acme',
  name: 'boards',
  provider: 'github' as const,
  gitlabProjectId: null,
  path: '',
}

test('tells its commit with the address of it, where its repository is known', async () => {
  const line = await testLine(service, { stations: 1 })
  expect((await detailOf(line.next)).commit).toMatchObject({ message: 'build v2', author: 'Ana', url: null })
  await ask('PATCH', `/api/v1/procedures/${line.procedure}`, {
    body: { repository: { owner: 'acme', name: 'boards', provider: 'github' } },
  })
  const { commit } = await detailOf(line.next)
  expect(commit.url).toBe(`https://github.com/acme/boards/commit/${commit.sha}`)
})

test('the address of a commit takes no name for a part of an address', () => {
  expect(commitAddress({ ...repository, owner: '../evil', name: 'a/b?' }, 'abc')).toBe(
    'https://github.com/..%2Fevil/a%2Fb%3F/commit/abc',
  )
  expect(commitAddress({ ...repository, provider: 'gitlab' }, 'abc')).toBeNull()
})

test('tells the newest lines of its log, oldest of them first, and how many there were before', async () => {
  const line = await testLine(service, { stations: 1 })
  const lines = Array.from({ length: 230 }, (_, index) => ({
    time: clock.iso(index),
    level: index === 229 ? 'error' : 'info',
    message: `line ${index}`,
  }))
  const answer = await ask('POST', `/api/v1/deployments/${line.next}/logs`, { body: { lines } })
  expect(answer.status).toBe(201)
  const { log, earlierLines } = await detailOf(line.next)
  expect(log).toHaveLength(200)
  expect(log[0]?.message).toBe('line 30')
  expect(log.at(-1)).toMatchObject({ level: 'error', message: 'line 229' })
  expect(earlierLines).toBe(30)
})

test('counts its runs by day up to the day it last ran, however long that is ago', async () => {
  const line = await testLine(service, { stations: 2 })
  clock.pass(2 * day)
  await line.runs([
    { station: line.bench(0), outcome: 'PASS', deployment: line.base, start: -hour },
    { station: line.bench(1), outcome: 'TIMEOUT', deployment: line.base, start: -hour },
    { station: line.bench(1), outcome: 'PASS', deployment: line.next, start: -hour },
  ])
  clock.pass(200 * day)
  const found = await service.service.buildDays(deploymentId.parse(line.base))
  expect(found?.days).toMatchObject([{ build: { version: 'v1' }, runs: 2, passRuns: 1, timeouts: 1 }])
  expect(found?.of).toBe('v1')
})

test('compares with the build that is asked for, and says why where nothing can be compared', async () => {
  const line = await testLine(service, { stations: 1 })
  const third = await line.build('v3')
  const detail = await detailOf(line.next, third)
  expect(detail.diff).toMatchObject({ build: { version: 'v2' }, against: { version: 'v3' }, shown: null })
  expect(detail.others.map(({ version }) => version).sort()).toEqual(['v1', 'v3'])
  expect((await detailOf(line.next)).diff).toMatchObject({ against: { version: 'v1' } })
  expect((await detailOf(line.next, uuid(6, 404))).diff).toHaveProperty('whyNot')
})

test('of no build nothing is told', async () => {
  const nobody = deploymentId.parse(uuid(6, 404))
  expect(await service.service.buildDetail(nobody, null)).toBeNull()
  expect(await service.service.buildDays(nobody)).toBeNull()
})
