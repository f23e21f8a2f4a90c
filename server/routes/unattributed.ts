// Runs of which nobody knows the build, over HTTP: each with why nothing matched and what to do.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { type UnattributedRun, unattributedRuns } from '../../db/unattributed-runs.ts'
import { procedureId, runId } from '../domain/ids.ts'
import { whyUnattributed } from '../domain/unattributed.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody } from './errors.ts'
import { theProcedure } from './lookup.ts'

type Deps = { database: Database; authentication: Authentication }

const params = z.object({ id: procedureId })
const query = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: runId.optional().describe('next_cursor of the page before.'),
})
const line = z.object({
  id: z.uuid(),
  serial_number: z.string(),
  outcome: z.string(),
  started_at: z.string(),
  shadow: z.boolean(),
  station: z.object({ id: z.uuid(), name: z.string() }),
  said: z.array(z.object({ in: z.string(), said: z.string() })),
  why: z.string(),
  fix: z.string(),
})

export function unattributedRoutes(app: FastifyInstance, { database, authentication }: Deps): void {
  app.get(
    '/api/v1/procedures/:id/runs/unattributed',
    {
      schema: {
        tags: ['registry'],
        security: demands('read'),
        summary: 'Runs of which nobody knows the build, newest first',
        description:
          'They are kept, count in no arm of a rollout and never as base. Each says what its station sent of the build, why nothing matched, and what to do about it.',
        params,
        querystring: query,
        response: {
          200: z.object({
            data: z.array(line),
            meta: z.object({ has_more: z.boolean(), next_cursor: z.uuid().nullable() }),
          }),
          404: errorBody,
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = await theProcedure(database, params.parse(request.params).id)
      const { limit, cursor } = query.parse(request.query)
      const found = await unattributedRuns(database.db, id, { limit: limit + 1, after: cursor ?? null })
      const page = found.slice(0, limit)
      const hasMore = found.length > limit
      return {
        data: page.map(lineOf),
        meta: { has_more: hasMore, next_cursor: hasMore ? (page.at(-1)?.id ?? null) : null },
      }
    },
  )
}

function lineOf(run: UnattributedRun): z.infer<typeof line> {
  return {
    id: run.id,
    serial_number: run.serial,
    outcome: run.outcome,
    started_at: new Date(run.startedAt).toISOString(),
    shadow: run.shadow,
    station: run.station,
    said: run.said.map(({ in: place, said }) => ({ in: place, said })),
    ...whyUnattributed(run),
  }
}
