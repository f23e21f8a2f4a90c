// A build that may be rolled out is told where its procedure is discussed: queued with it, or not at all.
import { expect, test } from 'vitest'
import { presetPlan } from '../../server/domain/presets.ts'
import { ines } from '../support/fixed-values.ts'
import { testLine } from '../support/test-line.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const line = await testLine(service)
const cards = (deploymentId: string) =>
  service.jobs.filter((job) => job.kind === 'build' && job.deploymentId === deploymentId)

test('a production build that is ready is told once', async () => {
  const build = await line.build('v3')
  expect(cards(build)).toEqual([{ kind: 'build', procedureId: line.procedure, deploymentId: build }])
})

test.each([
  { environment: 'preview' },
  { environment: 'development' },
  { status: 'building' },
  { status: 'failed' },
])('a build with %o is not told', async (more) => {
  expect(cards(await line.build(`v-${Object.values(more)}`, more))).toEqual([])
})

test('a version that is taken is not told again', async () => {
  const before = service.jobs.length
  const taken = await service.ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: line.procedure,
      version: 'v2',
      commit: { sha: 'abcdef0', message: 'again', author: 'Ana' },
    },
  })
  expect(taken.status).toBe(409)
  expect(service.jobs).toHaveLength(before)
})

test('a build that cannot be queued is not registered either', async () => {
  const broken = await openTestService({
    database: service.database,
    deliveries: { send: async () => Promise.reject(new Error('the queue does not take it')) },
  })
  const answer = await broken.ask('POST', '/api/v1/deployments', {
    body: {
      procedure_id: line.procedure,
      version: 'v9',
      commit: { sha: 'abcdef0', message: 'lost', author: 'Ana' },
    },
  })
  expect(answer.status).toBe(500)
  expect((await service.service.deployments(line.procedure)).map((each) => each.version)).not.toContain('v9')
})

test('its start and its end are told on the cards of the builds, and its labels are known', async () => {
  const build = await line.build('v4', { labels: ['power'] })
  expect((await service.service.deployment(line.procedure, build))?.labels).toEqual(['power'])
  const started = await service.service.start(
    { procedureId: line.procedure, deploymentId: build, plan: presetPlan('two-stage'), reason: null },
    ines,
  )
  if (!('rollout' in started)) throw new Error(started.why)
  // Created, then started.
  expect(cards(build)).toHaveLength(3)
  await service.service.command(started.rollout.id, { verb: 'abort', why: 'enough' }, ines)
  expect(cards(build)).toHaveLength(4)
})
