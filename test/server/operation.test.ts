// What whoever runs the service looks at: health, figures, the description of the interface.
import Fastify from 'fastify'
import { expect, test } from 'vitest'
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

test.each([
  ['connected', 200, true],
  ['connecting', 503, false],
  ['refused', 200, false],
] as const)('with Slack %s it answers %i, and Slack is ok: %s', async (state, status, ok) => {
  const app = Fastify()
  const reason = state === 'connected' ? null : 'Slack says why'
  const { database, clock } = service
  const metrics = serviceMetrics({ database, now: clock.now })
  healthRoutes(app, { database, slack: () => ({ state, reason }), metrics, mayReadAll: async () => false })
  const answer = await app.inject({ url: '/readyz' })
  expect(answer.statusCode).toBe(status)
  const detail = reason === null ? state : `${state}: ${reason}`
  expect(answer.json()).toMatchObject({ ready: status === 200, slack: { ok, detail } })
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
