// Whether it runs, whether it is ready, and its figures.

import { sql } from 'drizzle-orm'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../../db/client.ts'
import type { ServiceMetrics } from '../telemetry/metrics.ts'
import { inTime } from '../too-late.ts'
import { open } from './demands.ts'

type Deps = {
  database: Database
  slack: () => { state: 'connecting' | 'connected' | 'refused' | 'disabled'; reason: string | null }
  metrics: Pick<ServiceMetrics, 'contentType' | 'scrape'>
  /** Whether a request has a token that reads all procedures. @throws when its token opens nothing. */
  mayReadAll: (request: FastifyRequest) => Promise<boolean>
}

/** Whoever asks gives up after some seconds, and then knows less than that the database is slow. */
const patienceMs = 2_000

export function healthRoutes(app: FastifyInstance, { database, slack, metrics, mayReadAll }: Deps): void {
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
    {
      schema: {
        tags,
        security: open,
        summary: 'Figures for Prometheus',
        description: 'With a token that reads all procedures, their names too.',
      },
      logLevel: 'warn',
    },
    async (request, reply) => {
      const names = await mayReadAll(request)
      return reply.type(metrics.contentType).send(await metrics.scrape(names))
    },
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
