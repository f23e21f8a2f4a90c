// Whether it runs, whether it is ready, and its figures.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Ready } from '../readiness.ts'
import type { ServiceMetrics } from '../telemetry/metrics.ts'
import { open } from './demands.ts'

type Deps = {
  ready: () => Promise<Ready>
  metrics: Pick<ServiceMetrics, 'contentType' | 'scrape'>
  /** Whether a request has a token that reads all procedures. @throws when its token opens nothing. */
  mayReadAll: (request: FastifyRequest) => Promise<boolean>
}

export function healthRoutes(app: FastifyInstance, { ready, metrics, mayReadAll }: Deps): void {
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
      schema: {
        tags,
        security: open,
        summary: 'Whether it is fit for its work',
        description:
          'The database, its schema, jobs, announcements and Slack, each with a word. 503 unless the first three are fit and Slack is not about to be connected.',
      },
      logLevel: 'warn',
    },
    async (_request, reply) => {
      const found = await ready()
      return reply.code(found.ready ? 200 : 503).send(found)
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
