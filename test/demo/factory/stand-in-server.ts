// The smallest server that keeps the station protocol and the admin API, and misbehaves on request.
import { setMaxListeners } from 'node:events'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'

export type StoredRun = {
  station: string
  procedure_id: string
  deployment_id: string
  serial_number: string
  outcome: string
  started_at: string
  ended_at: string
  part_number: string
  sample?: string
  failure_mode?: string
  metrics: Record<string, number>
  phases: { name: string; outcome: string; measurements?: { name: string }[] }[]
}
type Seen = { station: string; at: number; path: string; body: Record<string, unknown> }

export async function standInServer() {
  const stations = new Map<string, { id: string; key: string; pin: string | null }>()
  const runs = new Map<string, StoredRun>()
  const seen: Seen[] = []
  const versions = new Map<string, string>()
  let active: string | null = null
  let policies: Record<string, unknown>[] = []
  let ofAll: Record<string, unknown>[] = []
  let trouble: ((request: FastifyRequest) => { status: number; retryAfter?: number } | null) | null = null
  let refuses: (run: StoredRun) => boolean = () => false
  const pinned = new EventTarget()
  setMaxListeners(0, pinned)
  let app: FastifyInstance | null = null
  let port = 0
  let made = 0

  const stationOf = (request: FastifyRequest): string => {
    const key = request.headers.authorization?.replace('Bearer ', '')
    const found = [...stations].find(([, one]) => one.key === key)
    if (!found) throw Object.assign(new Error('not a station key'), { statusCode: 401 })
    return found[0]
  }
  const nameOf = (id: unknown): string => [...stations].find(([, one]) => one.id === id)?.[0] ?? 'nobody'
  const keep = (station: string, run: StoredRun): { status: number; id?: string; error?: string } => {
    if (refuses(run)) return { status: 422, error: 'this run is refused' }
    const id = [station, run.procedure_id, run.serial_number.toLowerCase(), run.started_at].join(' ')
    if (!runs.has(id)) runs.set(id, { ...run, station })
    return { status: 200, id }
  }

  function build(): FastifyInstance {
    const server = Fastify({ forceCloseConnections: true, bodyLimit: 10_000_000 })
    server.addHook('preHandler', async (request, reply) => {
      const fault = trouble?.(request)
      if (!fault) return
      if (fault.retryAfter !== undefined) reply.header('retry-after', String(fault.retryAfter))
      return reply.code(fault.status).send({ code: 'fault', message: 'told to misbehave' })
    })
    const note = (request: FastifyRequest): Record<string, unknown> => {
      const body = request.body as Record<string, unknown>
      seen.push({ station: stationOf(request), at: performance.now(), path: request.url, body })
      return body
    }
    server.post('/api/v1/procedures', async (_, reply) =>
      reply.code(201).send({ id: 'procedure', name: 'p' }),
    )
    server.post('/api/v1/stations', async (request, reply) => {
      const { name } = request.body as { name: string }
      if (stations.has(name)) return reply.code(409).send({ code: 'taken', message: 'name taken' })
      made += 1
      const one = { id: `station-${made}`, key: `key-${made}`, pin: null }
      stations.set(name, one)
      return reply.code(201).send({ id: one.id, name, key: one.key })
    })
    server.post('/api/v1/deployments', async (request, reply) => {
      const { version } = request.body as { version: string }
      versions.set(`deployment-${version}`, version)
      return reply.code(201).send({ id: `deployment-${version}` })
    })
    server.put('/api/v1/procedures/:id/active-deployment', async (request) => {
      active = (request.body as { deployment_id: string }).deployment_id
      return {}
    })
    server.get('/api/v1/procedures/:id/policy', async () => ({
      version: policies.length,
      effective: { gates: [{ name: 'first-pass yield', metric: 'first-pass yield', alpha: 0.05 }] },
    }))
    server.put('/api/v1/procedures/:id/policy', async (request, reply) => {
      const body = request.body as { policy: Record<string, unknown>; expected_version: number }
      if (body.expected_version !== policies.length) return reply.code(409).send({ code: 'stale' })
      policies = [...policies, body.policy]
      return {}
    })
    server.get('/api/v1/policy', async () => ({ version: ofAll.length, effective: { gates: [] } }))
    server.put('/api/v1/policy', async (request, reply) => {
      const body = request.body as { policy: Record<string, unknown>; expected_version: number }
      if (body.expected_version !== ofAll.length) return reply.code(409).send({ code: 'stale' })
      ofAll = [...ofAll, body.policy]
      return {}
    })
    server.get('/api/v1/stations/me/assignments', async (request, reply) => {
      const name = stationOf(request)
      const tagOf = () => `W/"${stations.get(name)?.pin ?? active}"`
      if (request.headers['if-none-match'] === tagOf()) {
        await new Promise<void>((resolve) => {
          pinned.addEventListener('pin', () => resolve(), { once: true })
          setTimeout(resolve, 1000).unref()
          reply.raw.once('close', () => resolve())
        })
        if (request.headers['if-none-match'] === tagOf()) return reply.code(304).send()
      }
      const id = stations.get(name)?.pin ?? active
      const deployment = id === null ? null : { id, version: versions.get(id) ?? '?' }
      return reply
        .header('etag', tagOf())
        .send({ station: { name }, assignments: [{ procedure_id: 'procedure', deployment }] })
    })
    server.post('/api/v1/stations/me/pickups', async (request, reply) => {
      note(request)
      return reply.code(204).send()
    })
    server.post('/api/v1/stations/me/heartbeats', async (request, reply) => {
      note(request)
      return reply.code(204).send()
    })
    server.post('/api/v1/runs', async (request, reply) => {
      const answer = keep(stationOf(request), note(request) as StoredRun)
      return reply.code(answer.status).send(answer)
    })
    server.post('/api/v1/runs/batch', async (request, reply) => {
      const { runs: batch } = request.body as { runs: (StoredRun & { station_id?: string })[] }
      const results = batch.map((run) =>
        keep(run.station_id === undefined ? stationOf(request) : nameOf(run.station_id), run),
      )
      return reply.code(207).send({ results })
    })
    return server
  }

  async function up(): Promise<void> {
    app = build()
    await app.listen({ host: '127.0.0.1', port })
    port = (app.server.address() as { port: number }).port
  }
  async function down(): Promise<void> {
    pinned.dispatchEvent(new Event('pin'))
    await app?.close()
    app = null
  }
  function pin(station: string, deploymentId: string): void {
    const one = stations.get(station)
    if (!one) throw new Error(`no station ${station}`)
    one.pin = deploymentId
    pinned.dispatchEvent(new Event('pin'))
  }

  await up()
  return {
    url: `http://127.0.0.1:${port}`,
    up,
    down,
    pin,
    runs: () => [...runs.values()],
    seen: () => [...seen],
    policies: () => [...policies],
    policiesOfAll: () => [...ofAll],
    misbehave: (with_: typeof trouble) => {
      trouble = with_
    },
    refuse: (which: typeof refuses) => {
      refuses = which
    },
  }
}
