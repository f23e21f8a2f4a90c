// What whoever runs the service looks at: health, figures, the description of the interface.
import { sql } from 'drizzle-orm'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { announcementsHeard } from '../../db/heard.ts'
import { schemaVersion } from '../../db/schema-version.ts'
import { readiness, type SlackState } from '../../server/readiness.ts'
import { healthRoutes } from '../../server/routes/health.ts'
import { serviceMetrics } from '../../server/telemetry/metrics.ts'
import { routesOf } from '../support/routes-of.ts'
import { openTestService } from '../support/test-service.ts'

const service = await openTestService()
const { ask } = service

test('it says that it runs, that it is ready, and on what', async () => {
  expect(await ask('GET', '/healthz', { token: null })).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await ask('GET', '/readyz', { token: null })).toMatchObject({
    status: 200,
    body: {
      ready: true,
      database: {
        ok: true,
        detail: service.database.engine.kind === 'pglite' ? 'embedded, durable commits' : 'PostgreSQL',
      },
      slack: { ok: true, detail: 'disabled: no SLACK_BOT_TOKEN' },
    },
  })
})

const { database, clock } = service
const fit = {
  database,
  schema: schemaVersion(),
  hasStarted: () => true,
  jobs: () => true,
  heard: () => Promise.resolve(),
  slack: (): SlackState => ({ state: 'connected', reason: null }),
}

async function readyz(deps: Partial<Parameters<typeof readiness>[0]>) {
  const app = Fastify()
  const metrics = serviceMetrics({ database, now: clock.now })
  healthRoutes(app, { ready: readiness({ ...fit, ...deps }), metrics, mayReadAll: async () => false })
  const answer = await app.inject({ url: '/readyz' })
  return { status: answer.statusCode, body: answer.json() }
}

test.each([
  ['connected', 200, true],
  ['connecting', 503, false],
  ['refused', 200, false],
] as const)('with Slack %s it answers %i, and Slack is ok: %s', async (state, status, ok) => {
  const reason = state === 'connected' ? null : 'Slack says why'
  const answer = await readyz({ slack: () => ({ state, reason }) })
  expect(answer.status).toBe(status)
  const detail = reason === null ? state : `${state}: ${reason}`
  expect(answer.body).toMatchObject({ ready: status === 200, slack: { ok, detail } })
})

test('it is not ready on the schema of before, nor while its jobs do not run, and says so', async () => {
  const schema = schemaVersion()
  expect(await readyz({})).toMatchObject({
    status: 200,
    body: { schema: { ok: true, detail: `has ${schema.newest}` }, jobs: { ok: true, detail: 'running' } },
  })
  expect(await readyz({ hasStarted: () => false })).toMatchObject({ status: 503, body: { ready: false } })
  expect(await readyz({ jobs: () => false })).toMatchObject({
    status: 503,
    body: { ready: false, jobs: { ok: false } },
  })
  const stamp = sql`(select max(created_at) from drizzle.__drizzle_migrations)`
  const later = 1_000_000_000_000
  await database.db.execute(
    sql`update drizzle.__drizzle_migrations set created_at = created_at - ${later}::bigint where created_at = ${stamp}`,
  )
  expect(await readyz({})).toMatchObject({
    status: 503,
    body: {
      schema: { ok: false, detail: `is of before ${schema.newest}: a start of this version migrates it` },
    },
  })
  await database.db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + ${later}::bigint
    where created_at = (select min(created_at) from drizzle.__drizzle_migrations)`)
  expect((await readyz({})).status).toBe(200)
})

test('it says whether announcements of the database are heard, and is ready without them: it asks by itself', async () => {
  const announcements = await announcementsHeard(database)
  expect((await readyz({ heard: announcements.once })).body.announcements).toEqual({
    ok: true,
    detail: 'heard',
  })
  await announcements.stop()
  expect(await readyz({ heard: announcements.once })).toMatchObject({
    status: 200,
    body: { ready: true, announcements: { ok: false, detail: 'not done within 2 s' } },
  })
})

test('its figures are in the shape that Prometheus reads', async () => {
  const answer = await ask('GET', '/metrics', { token: null })
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toMatch(/^text\/plain/)
  expect(answer.body).toMatch(/^process_cpu_seconds_total \d/m)
})

test('the description lists every route of the API, with what it takes', async () => {
  const { body } = await ask('GET', '/docs/json', { token: null })
  const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routes = routesOf(service.app.printRoutes({ commonPrefix: false })).filter(
    (route) => !route.startsWith('HEAD ') && / \/(api|healthz|readyz|metrics)/.test(route),
  )
  expect(routes.length).toBeGreaterThan(25)
  expect(routes.filter((route) => !described.includes(route))).toEqual([])
  const run = body.paths['/api/v1/rollouts'].post.requestBody.content['application/json'].schema
  expect(run.properties).toHaveProperty('deployment_id')
})
