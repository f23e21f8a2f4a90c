// Failures by category over HTTP, and rules of categories tried before they are set.

import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { failureRules } from '../domain/failures/failure-rule.ts'
import { failurePareto, procedureFailures } from '../domain/failures/pareto.ts'
import { sortedTrouble } from '../domain/failures/station-trouble.ts'
import { triedRulesResult } from '../domain/failures/tried-rules.ts'
import { procedureId, rolloutId } from '../domain/ids.ts'
import { day, hour, type Instant } from '../domain/instant.ts'
import { outcomes } from '../domain/run.ts'
import { readTime } from '../domain/time-text.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { procedureFailuresCsv, rolloutFailuresCsv } from './failures-csv.ts'
import { camelCase, snakeCase, snakeCaseSchema } from './snake-case.ts'

type Deps = { service: Service; authentication: Authentication; now: () => Instant }

const longest = 31 * day
const usual = 7 * day

const time = z
  .string()
  .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
const between = z.object({
  from: time.optional().describe('Seven days before "to" where it is left out.'),
  to: time.optional().describe('Now where it is left out.'),
})

const said = z.string().max(2000).nullish()
const tryBody = z.strictObject({
  procedure_id: procedureId,
  scope: z
    .enum(['procedure', 'organisation'])
    .default('procedure')
    .describe('Whose rules these are to be; all others stay as they are.'),
  rules: z
    .array(z.record(z.string(), z.unknown()))
    .max(100)
    .describe('As "failure_rules" of a policy has them.'),
  text: said.describe('A failure to be sorted: what was said of it.'),
  mode: said,
  code: said,
  outcome: z.enum(outcomes).nullish(),
})

const rolloutJson = snakeCaseSchema(failurePareto.extend({ stationTroubles: z.array(sortedTrouble) }))
const noes = { 404: errorBody, 422: errorBody }

export function failureRoutes(app: FastifyInstance, { service, authentication, now }: Deps): void {
  const tags = ['failures']
  const ofRollout = z.object({ id: rolloutId })
  const ofProcedure = z.object({ id: procedureId })
  const description =
    'Sorted by the rules of the policy ("failure_rules"), which are read anew each time. "excess" is what the canary has beyond the rate of base in the same time; the worst comes first. With .csv a table, a line for each mode.'

  for (const format of ['', '.csv'] as const) {
    const isTable = format === '.csv'
    app.get(
      `/api/v1/rollouts/:id/failures${format}`,
      {
        schema: {
          tags,
          security: demands('read'),
          summary: `Failures of both arms by category and mode${isTable ? ', as a table' : ''}`,
          description,
          params: ofRollout,
          response: isTable ? noes : { 200: rolloutJson, ...noes },
        },
      },
      async (request, reply) => {
        authentication.caller(request)
        const { id } = ofRollout.parse(request.params)
        const found = await service.failures(id)
        if (!found)
          throw new HttpNo(404, 'not_found', `There is no rollout ${id}. GET /api/v1/rollouts lists them.`)
        return isTable ? table(reply, `failures-${id}`, rolloutFailuresCsv(found)) : snakeCase(found)
      },
    )

    app.get(
      `/api/v1/procedures/:id/failures${format}`,
      {
        schema: {
          tags,
          security: demands('read'),
          summary: `Failures of a procedure by category and mode${isTable ? ', as a table' : ''}`,
          description: `${description} Whole hours, at most 31 days. A mode is new where nothing before "from" has shown it.`,
          params: ofProcedure,
          querystring: between,
          response: isTable ? noes : { 200: snakeCaseSchema(procedureFailures), ...noes },
        },
      },
      async (request, reply) => {
        authentication.caller(request)
        const { id } = ofProcedure.parse(request.params)
        const found = await service.procedureFailures(id, asked(between.parse(request.query), now()))
        if (!found) throw noProcedure(id)
        return isTable ? table(reply, `failures-${id}`, procedureFailuresCsv(found)) : snakeCase(found)
      },
    )
  }

  app.post(
    '/api/v1/failure-rules/try',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What rules of failure categories would do, before they are set',
        description:
          'Nothing is changed. Answers which rule takes the given failure, and how the last 1,000 failures of the procedure (of the last 30 days) would be sorted, with where they stand now.',
        body: tryBody,
        response: { 200: snakeCaseSchema(triedRulesResult), ...noes },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const body = tryBody.parse(request.body)
      const parsed = failureRules.safeParse(camelCase(body.rules))
      if (!parsed.success) {
        const issues = parsed.error.issues.map(({ path, message }) => ({
          path: ['body.rules', ...path].map(String).join('.'),
          message,
        }))
        const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
        return reply.code(422).send({ code: 'invalid', message, issues })
      }
      const { text = null, mode = null, code = null, outcome = null } = body
      const failure = text === null && mode === null && code === null ? null : { text, mode, code, outcome }
      const found = await service.tryFailureRules(body.procedure_id, {
        scope: body.scope,
        rules: parsed.data,
        failure,
      })
      if (!found) throw noProcedure(body.procedure_id)
      return snakeCase(found)
    },
  )
}

/** @throws HttpNo where the time is none, or too long. */
function asked(query: z.infer<typeof between>, now: Instant): { from: Instant; to: Instant } {
  const to = readTime(query.to ?? '')?.at ?? now
  const from = readTime(query.from ?? '')?.at ?? to - usual
  if (from >= to)
    throw new HttpNo(422, 'invalid', `Expected "from" before "to", got ${iso(from)} and ${iso(to)}.`)
  if (to - from > longest + hour)
    throw new HttpNo(
      422,
      'invalid',
      `Expected at most 31 days, got ${Math.ceil((to - from) / day)}: ask for less at once.`,
    )
  return { from, to }
}

function iso(at: Instant): string {
  return new Date(at).toISOString()
}

function table(reply: FastifyReply, name: string, content: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(content)
}

function noProcedure(id: string): HttpNo {
  return new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
}
