// Traces: a request, what it decides and what is delivered of that are one trace at a collector; without one nothing is loaded.

import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test, vi } from 'vitest'
import { startJobs } from '../../server/jobs.ts'
import { nobodyLooks } from '../../server/telemetry/observer.ts'
import { tracing } from '../../server/telemetry/tracing.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { serviceOn } from '../support/service-on.ts'
import { testLine } from '../support/test-line.ts'
import { testRollout } from '../support/test-rollout.ts'

type Sent = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: Record<string, unknown> }[]
}

async function collector() {
  const spans: Sent[] = []
  const asked: { path: string | undefined; key: unknown }[] = []
  const server = createServer(async (request, response) => {
    let raw = ''
    for await (const chunk of request) raw += chunk
    asked.push({ path: request.url, key: request.headers['api-key'] })
    for (const resource of JSON.parse(raw).resourceSpans)
      for (const scope of resource.scopeSpans) spans.push(...scope.spans)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, asked }
}

test('a request, its decision and the delivery of its card are one trace, with the id of the rollout', async () => {
  const { url, spans, asked } = await collector()
  const traces = await tracing({
    endpoint: url,
    headers: { 'api-key': 'k' },
    serviceName: 'test',
    share: 1,
    everyMs: 50,
  })
  const database = await openTestDatabase()
  traces.follow(database)
  const observer = { ...nobodyLooks, ...traces }
  const jobs = await startJobs(database, (await import('fastify')).default().log, observer)
  const service = await serviceOn(database, { deliveries: jobs.deliveries, tracing: traces })
  await jobs.work(async () => ({ delivered: true }))
  const line = await testLine(service, { stations: 2 })
  const rollout = await testRollout(service, line)
  const caller = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` }
  const abort = `/api/v1/rollouts/${rollout.id}/abort`
  const both = [1, 2].map(() => service.ask('GET', `/api/v1/rollouts/${rollout.id}`))
  await Promise.all([...both, service.ask('POST', abort, { headers: caller, body: { reason: 'seen' } })])
  await line.assignments(line.bench(0))

  const own = () => spans.filter(({ traceId }) => traceId === 'ab'.repeat(16))
  await vi.waitFor(
    () =>
      // The request may end after what it led to has been delivered.
      expect(own().map(({ name }) => name)).toEqual(
        expect.arrayContaining(['delivery', 'decision', 'POST /api/v1/rollouts/:id/abort']),
      ),
    { timeout: 10_000 },
  )
  const request = own().find(({ name }) => name === 'POST /api/v1/rollouts/:id/abort')
  const decision = own().find(({ name }) => name === 'decision')
  const delivery = own().find(({ name }) => name === 'delivery')
  expect(request?.parentSpanId).toBe('cd'.repeat(8))
  expect(decision?.parentSpanId).toBe(request?.spanId)
  expect(delivery?.parentSpanId).toBe(decision?.spanId)
  for (const span of [decision, delivery])
    expect(span?.attributes).toContainEqual({
      key: 'firstpass.rollout_id',
      value: { stringValue: rollout.id },
    })
  expect(asked[0]).toEqual({ path: '/v1/traces', key: 'k' })
  await jobs.stop()
  await service.close()
  await traces.stop()
  expect(spans.filter(({ name }) => name.includes('assignments'))).toEqual([])
  expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /api/v1/rollouts']))
})

test('without a collector nothing of OpenTelemetry is loaded but what others bring along', () => {
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve(asked, context, next) { const found = next(asked, context); loaded.push(found.url); return found } })
    await import('./server/firstpass.ts')
    process.stdout.write(JSON.stringify(loaded.filter((url) => /opentelemetry.(sdk|exporter|otlp|resources)/.test(url)).concat(loaded.length > 300 ? [] : ['too few'])))`
  const out = execFileSync(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script],
    { encoding: 'utf8' },
  )
  expect(JSON.parse(out)).toEqual([])
})
