// Shadow pairs of a rollout over HTTP.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { rolloutId } from '../domain/ids.ts'
import { shadowPair } from '../domain/shadow-pairs.ts'
import { shadowSummary } from '../domain/shadow-summary.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

type Deps = { service: Service; authentication: Authentication }

const params = z.object({ id: rolloutId })
const query = z.object({ limit: z.coerce.number().int().min(1).max(2000).default(200) })

export function shadowPairRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  app.get(
    '/api/v1/rollouts/:id/shadow-pairs',
    {
      schema: {
        tags: ['rollouts'],
        security: demands('read'),
        summary: 'Units that the new build ran in shadow and base in production',
        description:
          'A run with `shadow: true` (at the top or in metadata) counts nowhere in production. Paired with the production run of the same unit, within a day, it compares the two builds on that very unit. Newest first; the summary is over all pairs.',
        params,
        querystring: query,
        response: {
          200: snakeCaseSchema(z.object({ pairs: z.array(shadowPair), summary: shadowSummary })),
          404: errorBody,
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = params.parse(request.params)
      const { limit } = query.parse(request.query)
      const found = await service.shadowPairs(id)
      if (!found) throw new HttpNo(404, 'not_found', `There is no rollout ${id}.`)
      return snakeCase({ ...found, pairs: found.pairs.slice(0, limit) })
    },
  )
}
