// Whether it runs, whether it is ready, and its figures.
import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Database } from '../../db/client.ts'

type Deps = {
  database: Database
  slack: () => { state: 'connecting' | 'connected' | 'disabled'; reason: string | null }
}

export function healthRoutes(app: FastifyInstance, { database, slack }: Deps): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const tags = ['operation']

  app.get('/healthz', { schema: { tags, summary: 'The process runs' }, logLevel: 'warn' }, async () => ({
    status: 'ok',
  }))

  app.get(
    '/readyz',
    { schema: { tags, summary: 'The database answers and Slack is connected' }, logLevel: 'warn' },
    async (_request, reply) => {
      const answers = await database.db.execute(sql`select 1`).then(
        () => ({
          ok: true,
          detail:
            database.engine.kind === 'pglite'
              ? `embedded, ${database.durable ? 'durable' : 'not durable'} commits`
              : 'PostgreSQL',
        }),
        (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
      )
      const { state, reason } = slack()
      const ready = answers.ok && state !== 'connecting'
      return reply.code(ready ? 200 : 503).send({
        ready,
        database: answers,
        slack: { ok: state !== 'connecting', detail: reason === null ? state : `${state}: ${reason}` },
      })
    },
  )

  app.get(
    '/metrics',
    { schema: { tags, summary: 'Figures for Prometheus' }, logLevel: 'warn' },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}
