// What rollouts have taught, over HTTP: as data and as a table.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { procedureId } from '../domain/ids.ts'
import { day, type Instant } from '../domain/instant.ts'
import { learning } from '../domain/learning/learning.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { learningCsv } from './learning-csv.ts'
import { endOf, momentOf } from './period.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

type Deps = { service: Service; authentication: Authentication; now: () => Instant }

/** A year of rollouts, until the end of the present day. */
export const usualPeriod = 365 * day

const time = (end: string) =>
  z
    .string()
    .refine(
      (text) => momentOf(text) !== null,
      'expected a day such as 2026-05-22, or an ISO 8601 time with its zone',
    )
    .optional()
    .describe(end)
const query = z.object({
  procedure_id: procedureId.optional().describe('Left out: all procedures together, and no proposals.'),
  from: time('A year before "to" where it is left out.'),
  to: time('Now where it is left out. A day that is named is part of it.'),
})

export function learningRoutes(app: FastifyInstance, { service, authentication, now }: Deps): void {
  for (const format of ['', '.csv'] as const)
    app.get(
      `/api/v1/learning${format}`,
      {
        schema: {
          tags: ['history'],
          security: demands('read'),
          summary: `What rollouts have taught${format === '' ? '' : ', as a table'}`,
          description:
            'How rollouts ended by label and site, what the alarms of each gate were worth with a proposal, times to detect and to revert, and failures prevented. Shares come with counts and a 95 % interval.',
          querystring: query,
          response: {
            ...(format === '' ? { 200: snakeCaseSchema(learning) } : {}),
            404: errorBody,
            422: errorBody,
          },
        },
      },
      async (request, reply) => {
        authentication.caller(request)
        const asked = query.parse(request.query)
        const to = endOf(asked.to) ?? now() + 1
        const from = momentOf(asked.from) ?? to - usualPeriod
        if (from >= to) throw new HttpNo(422, 'invalid', 'Expected "from" before "to".')
        const found = await service.learning({ procedureId: asked.procedure_id ?? null, from, to })
        if (!found)
          throw new HttpNo(
            404,
            'not_found',
            `There is no procedure ${asked.procedure_id}. GET /api/v1/procedures lists them.`,
          )
        if (format === '') return snakeCase(found)
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="learning.csv"')
          .send(learningCsv(found))
      },
    )
}
