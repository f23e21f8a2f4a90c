// Whether it runs, whether it is ready, and its figures.

import { sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Database } from '../../db/client.ts'
import { inTime } from '../too-late.ts'
import { open } from './demands.ts'

type Deps = {
  database: Database
  slack: () => { state: 'connecting' | 'connected' | 'refused' | 'disabled'; reason: string | null }
}

/** Whoever asks gives up after some seconds, and then knows less than that the database is slow. */
const patienceMs = 2_000

export function healthRoutes(app: FastifyInstance, { database, slack }: Deps): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const tags = ['operation']

  app.get(
    '/healthz',
    { schema: { tags, security: open, summary: 'The process runs' }, logLevel: 'warn' },
    async () => ({
      status: 'ok',
    }),
  )

  app.get(
    '/readyz',
    {
      schema: { tags, security: open, summary: 'The database answers and Slack is connected' },
      logLevel: 'warn',
    },
    async (_request, reply) => {
      const answers = await answersNow(database)
      const { state, reason } = slack()
      // A token that Slack refuses is mended by a person: until then stations and pages are served all the same.
      const ready = answers.ok && state !== 'connecting'
      const slackIsWell = state === 'connected' || state === 'disabled'
      return reply.code(ready ? 200 : 503).send({
        ready,
        database: answers,
        slack: { ok: slackIsWell, detail: reason === null ? state : `${state}: ${reason}` },
      })
    },
  )

  app.get(
    '/metrics',
    { schema: { tags, security: open, summary: 'Figures for Prometheus' }, logLevel: 'warn' },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}

/** Over the connections of everybody: a process that can store no run is not ready, whoever else is still answered. */
async function answersNow(database: Database): Promise<{ ok: boolean; detail: string }> {
  const asked = Promise.all(
    [database.db, database.people, database.ingest].map((each) => each.execute(sql`select 1`)),
  ).then(
    () => ({ ok: true, detail: nameOf(database) }),
    (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
  )
  return inTime(asked, patienceMs).catch((late: Error) => ({ ok: false, detail: late.message }))
}

function nameOf({ engine, durable }: Database): string {
  return engine.kind === 'pglite' ? `embedded, ${durable ? 'durable' : 'not durable'} commits` : 'PostgreSQL'
}
