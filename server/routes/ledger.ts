// The decision ledger over HTTP: page by page, as a table, and any verdict of it computed again.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type RolloutId, rolloutId } from '../domain/ids.ts'
import { ledgerEntry, recomputedVerdict } from '../domain/ledger.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { ledgerCsv } from './ledger-csv.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

const pageQuery = z.object({
  after: z.string().max(60).optional().describe('next_after of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

export function ledgerRoutes(
  app: FastifyInstance,
  { service, authentication }: { service: Service; authentication: Authentication },
): void {
  const tags = ['rollouts']
  const one = z.object({ id: rolloutId })

  app.get(
    '/api/v1/rollouts/:id/ledger',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Every event and every recorded verdict of a rollout, newest first',
        description:
          'Who did what, through which door, when and why, with what was passed over; of each decision the verdict of its very moment, and of each verdict whether it can be computed again.',
        params: one,
        querystring: pageQuery,
        response: {
          200: z.object({ data: z.array(snakeCaseSchema(ledgerEntry)), next_after: z.string().nullable() }),
          404: errorBody,
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const { after = null, limit } = pageQuery.parse(request.query)
      const page = await service.ledger(id, { after, limit })
      if (!page) throw noRollout(id)
      return { data: page.entries.map(snakeCase), next_after: page.next }
    },
  )

  app.get(
    '/api/v1/rollouts/:id/ledger.csv',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'The whole decision ledger as a table: a line for each entry',
        params: one,
        response: {
          200: { description: 'A table.', content: { 'text/csv': { schema: z.string() } } },
          404: errorBody,
        },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      if (!(await service.procedureOf(id))) throw noRollout(id)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="ledger-${id}.csv"`)
        .send(ledgerCsv(service, id))
    },
  )

  const ofVerdict = z.object({
    id: rolloutId,
    verdictId: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  })
  app.get(
    '/api/v1/rollouts/:id/verdicts/:verdictId/recomputed',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'A recorded verdict computed again from what it was computed from',
        description:
          'the same: every number came out as recorded. differs: these numbers did not. another engine: the method was changed since, and what it says today is told apart. no inputs: from before they were kept. is_whole: verdict and inputs are as they were written, by their digest. recount: the stored runs counted again, told apart from runs that arrived late.',
        params: ofVerdict,
        response: { 200: snakeCaseSchema(recomputedVerdict), 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id, verdictId } = ofVerdict.parse(request.params)
      const found = await service.recomputed(id, verdictId)
      if (!found)
        throw new HttpNo(
          404,
          'not_found',
          `Rollout ${id} has no verdict ${verdictId}. GET /api/v1/rollouts/${id}/ledger lists them.`,
        )
      return snakeCase(found)
    },
  )
}

function noRollout(id: RolloutId): HttpNo {
  return new HttpNo(404, 'not_found', `There is no rollout ${id}. GET /api/v1/rollouts lists them.`)
}
