// Containment over HTTP: the list in brief, its units a page at a time, all of them as a table, and the sign-off.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { containedUnit, containment } from '../domain/containment.ts'
import { type RolloutId, rolloutId, runId } from '../domain/ids.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { containmentCsv } from './containment-csv.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

/** What the list is narrowed to. */
export const narrowed = z.object({
  list: z
    .enum(['escapes', 'false scrap'])
    .optional()
    .describe(
      'escapes: units that passed last. false scrap: units that failed, or ended without a verdict, last.',
    ),
  open: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: only units that no trusted build has passed or failed since.'),
})
const pageQuery = narrowed.extend({
  after: runId.optional().describe('next_after of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
const containmentJson = snakeCaseSchema(containment)
const signOffBody = z.strictObject({
  note: z.string().trim().min(1, 'expected a note').max(2000).describe('What was done with the units.'),
  digest: z
    .string()
    .max(100)
    .optional()
    .describe('counts.digest of the list that was looked at: refused as stale when it has changed since.'),
})
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

export function containmentRoutes(
  app: FastifyInstance,
  { service, authentication }: { service: Service; authentication: Authentication },
): void {
  const tags = ['rollouts']
  const one = z.object({ id: rolloutId })

  app.get(
    '/api/v1/rollouts/:id/containment',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Units that the build of a rollout has judged, and what has become of them',
        description:
          'Each unit once, with the last verdict of the build, newest first: the one it was shipped or scrapped on. Runs of the build since the start of the rollout, on any station, also after an abort; without reference samples, shadow runs and runs that a person stopped. A unit is confirmed by its latest later run that passed or failed on another build which was not itself taken back.',
        params: one,
        querystring: pageQuery,
        response: {
          200: z.object({
            containment: containmentJson,
            data: z.array(snakeCaseSchema(containedUnit)),
            next_after: z.string().nullable(),
          }),
          ...noes,
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const { list = null, open, after = null, limit } = pageQuery.parse(request.query)
      const [found, page] = await Promise.all([
        service.containment(id),
        service.containedUnits(id, { list, open: open === 'true', after, limit }),
      ])
      if (!found || !page) throw noRollout(id)
      return { containment: snakeCase(found), data: page.units.map(snakeCase), next_after: page.next }
    },
  )

  app.get(
    '/api/v1/rollouts/:id/containment.csv',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'The whole containment list as a table: a line for each unit',
        params: one,
        querystring: narrowed,
        response: {
          200: { description: 'A table.', content: { 'text/csv': { schema: z.string() } } },
          404: errorBody,
        },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const { list = null, open } = narrowed.parse(request.query)
      if (!(await service.procedureOf(id))) throw noRollout(id)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="containment-${id}.csv"`)
        .send(containmentCsv(service, id, { list, open: open === 'true' }))
    },
  )

  app.post(
    '/api/v1/rollouts/:id/containment/sign-off',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Sign a containment list off, with what was done with its units',
        description:
          'Kept with the name, the note, the counts and the digest of the list. A list that changes afterwards asks again.',
        params: one,
        body: signOffBody,
        response: { 200: z.object({ did: z.string(), containment: containmentJson }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const { note, digest = null } = signOffBody.parse(request.body)
      const done = await service.signOffContainment(id, { note, digest }, by)
      if (isRefusal(done)) return reply.code(refusalStatus[done.refused]).send(refusalBody(done))
      return { did: done.did, containment: snakeCase(done.containment) }
    },
  )
}

function noRollout(id: RolloutId): HttpNo {
  return new HttpNo(404, 'not_found', `There is no rollout ${id}. GET /api/v1/rollouts lists them.`)
}
