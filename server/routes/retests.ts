// Crossover retests over HTTP: ask for them, read them, print them.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { rolloutId } from '../domain/ids.ts'
import { retestSummary } from '../domain/retest-summary.ts'
import { type RetestPair, type RetestUnit, retestPair } from '../domain/retests.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { csv } from './csv.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

const askBody = z.strictObject({
  count: z.int().min(1).max(200).describe('Pairs: as many units of each build. Fewer when fewer match.'),
  with_errors: z
    .boolean()
    .default(false)
    .describe('Units too whose first test ended in ERROR or TIMEOUT, which are matched with their like.'),
  command_id: z.string().min(1).max(200).optional().describe('The same id twice is one command.'),
})
const listQuery = z.object({ format: z.enum(['json', 'csv']).default('json') })
const listJson = z.object({
  data: z.array(snakeCaseSchema(retestPair)),
  summary: snakeCaseSchema(retestSummary),
})
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

export function retestRoutes(
  app: FastifyInstance,
  { service, authentication }: { service: Service; authentication: Authentication },
): void {
  const tags = ['rollouts']
  const one = z.object({ id: rolloutId })

  app.post(
    '/api/v1/rollouts/:id/retests',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Ask that failed units are tested again on the other build',
        description:
          'Lists units that failed on the new build with as many that failed on base, matched in pairs, and answers with all that are still to be tested. Between builds that are alike either unit of a pair is as likely to pass as the other; the summary holds the evidence that it is not so.',
        params: one,
        body: askBody,
        response: { 200: listJson.extend({ did: z.string() }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = one.parse(request.params)
      const { count, with_errors: withErrors, command_id } = askBody.parse(request.body)
      const asked = await service.askRetests(id, { count, withErrors }, by, command_id)
      if (isRefusal(asked)) return reply.code(refusalStatus[asked.refused]).send(refusalBody(asked))
      return { did: asked.did, data: asked.pairs.map(snakeCase), summary: snakeCase(asked.summary) }
    },
  )

  app.get(
    '/api/v1/rollouts/:id/retests',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Units that are tested again on the other build, and what it shows',
        description: 'With format=csv a table to print: a line for each unit.',
        params: one,
        querystring: listQuery,
        response: {
          200: {
            description: 'As asked for.',
            content: {
              'application/json': { schema: listJson },
              'text/csv': { schema: z.string() },
            },
          },
          404: errorBody,
        },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const { format } = listQuery.parse(request.query)
      const found = await service.retests(id)
      if (!found)
        throw new HttpNo(404, 'not_found', `There is no rollout ${id}. GET /api/v1/rollouts lists them.`)
      if (format === 'json') return { data: found.pairs.map(snakeCase), summary: snakeCase(found.summary) }
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="retests-${id}.csv"`)
        .send(csv([columns, ...found.pairs.flatMap(linesOf)]))
    },
  )
}

const columns = [
  'pair',
  'serial_number',
  'test_with',
  'test_on',
  'failed_with',
  'failed_on',
  'failed_at',
  'outcome',
  'failure',
  'pair_is',
  'result',
  'tested_on',
  'tested_at',
]

function linesOf({ pair, state, canaryFailed, baseFailed }: RetestPair): (string | number)[][] {
  return [canaryFailed, baseFailed].map((unit) => [pair, ...placesOf(unit), state, ...resultOf(unit)])
}

function placesOf({ serial, retestVersion, retestStations, failed }: RetestUnit): string[] {
  const { version, station, at, outcome, failureMode } = failed
  const when = new Date(at).toISOString()
  return [
    serial,
    retestVersion,
    retestStations.join(' or '),
    version ?? '',
    station,
    when,
    outcome,
    failureMode ?? '',
  ]
}

function resultOf({ result }: RetestUnit): string[] {
  return result ? [result.outcome, result.station, new Date(result.at).toISOString()] : ['', '', '']
}
