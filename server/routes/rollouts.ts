// Rollouts over HTTP: create, list, get, every verb, for people and programs.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { actor } from '../domain/actor.ts'
import { gateName } from '../domain/gates/gate.ts'
import { deploymentId, procedureId, rolloutId, stationId } from '../domain/ids.ts'
import { isRefusal, type Refusal } from '../domain/rollout/commands.ts'
import { rolloutLine, rolloutView } from '../domain/rollout-view.ts'
import type { Outcome, RolloutVerb, Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { historyJson, previewJson } from './look-ahead.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'
import { planInput, previewBody, startBody, startInput } from './start-body.ts'

type Deps = { service: Service; authentication: Authentication }

const reason = z.string().trim().max(2000)
const verbBody = z.strictObject({
  reason: reason.optional(),
  expected_version: z.int().optional().describe('Refused as stale when the rollout has moved on.'),
  expected_stage_index: z.int().optional(),
  override: z.boolean().optional().describe('advance, set: go on although not all is met; needs a reason.'),
  share: z.number().optional().describe('set: above 0, up to 1.'),
  station_id: stationId.optional().describe('waive: which station.'),
  gate: gateName.optional().describe('acknowledge: which gate.'),
  command_id: z.string().min(1).max(200).optional(),
})
type VerbBody = z.infer<typeof verbBody>
const verbs = [
  'approve',
  'advance',
  'set',
  'pause',
  'resume',
  'abort',
  'undo',
  'waive',
  'acknowledge',
] as const

const viewJson = snakeCaseSchema(rolloutView).meta({ id: 'Rollout' })
/** With what its type has besides. */
const eventJson = z.looseObject({ type: z.string(), sequence: z.int(), at: z.number(), by: actor })
const doneJson = z.object({ did: z.string(), rollout: viewJson })
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

export function rolloutRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  const tags = ['rollouts']

  app.post(
    '/api/v1/rollouts',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Start a rollout',
        body: startBody,
        response: { 201: doneJson, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = startBody.parse(request.body)
      return answer(reply, await service.start(await startInput(body, service), by, body.command_id), 201)
    },
  )

  app.post(
    '/api/v1/rollouts/preview',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What a start would do: stations, time to a verdict, what it can prove',
        body: previewBody,
        response: { 200: previewJson, ...noes },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const body = previewBody.parse(request.body)
      const plan = await planInput(body, service)
      const preview = await service.preview(body.procedure_id, plan, body.deployment_id)
      return isRefusal(preview) ? no(reply, preview) : snakeCase(preview)
    },
  )

  app.get(
    '/api/v1/rollouts',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Rollouts, newest first',
        querystring: z.object({
          live: z.enum(['true', 'false']).optional(),
          procedure_id: procedureId.optional(),
          limit: z.coerce.number().int().min(1).max(200).optional(),
        }),
        response: { 200: z.object({ data: z.array(snakeCaseSchema(rolloutLine)) }) },
      },
    },
    async (request) => {
      authentication.caller(request)
      const query = z
        .object({
          live: z.string().optional(),
          procedure_id: procedureId.optional(),
          limit: z.coerce.number().optional(),
        })
        .parse(request.query)
      const lines = await service.list({
        ...(query.live === 'true' ? { live: true } : {}),
        ...(query.procedure_id ? { procedureId: query.procedure_id } : {}),
        ...(query.limit ? { limit: query.limit } : {}),
      })
      return { data: lines.map(snakeCase) }
    },
  )

  const one = z.object({ id: rolloutId })
  app.get(
    '/api/v1/rollouts/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'One rollout: state, metrics of both arms, stations, what it waits for',
        params: one,
        response: { 200: viewJson, ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      const view = await service.get(id)
      if (!view) throw noRollout(id)
      return snakeCase(view)
    },
  )

  app.get(
    '/api/v1/rollouts/:id/events',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What happened, by whom, when and why',
        params: one,
        response: { 200: z.object({ data: z.array(eventJson) }), ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = one.parse(request.params)
      if (!(await service.procedureOf(id))) throw noRollout(id)
      return { data: (await service.events(id)).map(snakeCase) }
    },
  )

  for (const verb of verbs)
    app.post(
      `/api/v1/rollouts/:id/${verb}`,
      {
        schema: {
          tags,
          security: demands('rollout'),
          summary: `${verb.charAt(0).toUpperCase()}${verb.slice(1)} a rollout`,
          params: one,
          body: verbBody.nullish(),
          response: { 200: doneJson, ...noes },
        },
      },
      async (request, reply) => {
        const by = authentication.caller(request)
        const { id } = one.parse(request.params)
        const body = verbBody.parse(request.body ?? {})
        const against =
          body.expected_version === undefined && body.expected_stage_index === undefined
            ? undefined
            : { version: body.expected_version, stageIndex: body.expected_stage_index }
        return answer(reply, await service.command(id, verbOf(verb, body), by, against, body.command_id))
      },
    )

  app.post(
    '/api/v1/rollouts/:id/retry',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Start an aborted rollout again, same stations first',
        params: one,
        body: verbBody.nullish(),
        response: { 201: doneJson, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = verbBody.parse(request.body ?? {})
      return answer(
        reply,
        await service.retry(one.parse(request.params).id, given(body.reason, 'reason'), by, body.command_id),
        201,
      )
    },
  )

  app.post(
    '/api/v1/rollouts/:id/supersede',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Abort a rollout and start another build, in one step',
        params: one,
        body: startBody,
        response: { 201: doneJson, ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = startBody.parse(request.body)
      return answer(
        reply,
        await service.supersede(
          one.parse(request.params).id,
          await startInput(body, service),
          by,
          body.command_id,
        ),
        201,
      )
    },
  )

  const oneProcedure = z.object({ id: procedureId })
  const historyQuery = z.object({ limit: z.coerce.number().int().min(1).max(200).optional() })
  app.get(
    '/api/v1/procedures/:id/history',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Rollouts and rollbacks of a procedure, newest first',
        params: oneProcedure,
        querystring: historyQuery,
        response: { 200: z.object({ data: z.array(historyJson) }), ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = oneProcedure.parse(request.params)
      if (!(await service.procedure(id)))
        throw new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
      const lines = await service.history(id, historyQuery.parse(request.query).limit)
      return { data: lines.map(snakeCase) }
    },
  )

  const rollbackBody = z.strictObject({
    deployment_id: deploymentId,
    reason: reason.min(1, 'expected a reason'),
    expected_active_deployment_id: deploymentId
      .nullable()
      .optional()
      .describe('Refused as stale when the stations run another build by now.'),
    command_id: z.string().min(1).max(200).optional().describe('The same id twice is one command.'),
  })
  app.post(
    '/api/v1/procedures/:id/rollback',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Return every station to an earlier build at once',
        params: oneProcedure,
        body: rollbackBody,
        response: { 200: z.object({ did: z.string() }), ...noes },
      },
    },
    async (request: FastifyRequest, reply) => {
      const by = authentication.caller(request)
      const { id } = oneProcedure.parse(request.params)
      const body = rollbackBody.parse(request.body)
      const issued = { commandId: body.command_id, activeId: body.expected_active_deployment_id }
      const result = await service.rollback(id, body.deployment_id, body.reason, by, issued)
      return isRefusal(result) ? no(reply, result) : result
    },
  )
}

function verbOf(verb: (typeof verbs)[number], body: VerbBody): RolloutVerb {
  const override = body.override ?? false
  switch (verb) {
    case 'approve':
      return { verb }
    case 'advance':
      return { verb, why: body.reason ?? null, override }
    case 'set':
      return { verb, share: given(body.share, 'share'), why: given(body.reason, 'reason'), override }
    case 'resume':
      return { verb, why: body.reason ?? null }
    case 'pause':
    case 'abort':
    case 'undo':
      return { verb, why: given(body.reason, 'reason') }
    case 'waive':
      return { verb, stationId: given(body.station_id, 'station_id'), why: given(body.reason, 'reason') }
    case 'acknowledge':
      return { verb, gate: given(body.gate, 'gate'), why: given(body.reason, 'reason') }
  }
}

function given<Value>(value: Value | undefined, field: string): Value {
  if (value === undefined || value === '')
    throw new HttpNo(422, 'invalid', `body.${field}: expected a value, got nothing.`)
  return value
}

function answer(reply: FastifyReply, outcome: Outcome, status = 200) {
  if (isRefusal(outcome)) return no(reply, outcome)
  return reply.code(status).send({ did: outcome.did, rollout: snakeCase(outcome.rollout) })
}

function no(reply: FastifyReply, refusal: Refusal) {
  return reply.code(refusalStatus[refusal.refused]).send(refusalBody(refusal))
}

function noRollout(id: string): HttpNo {
  return new HttpNo(404, 'not_found', `There is no rollout ${id}. GET /api/v1/rollouts lists them.`)
}
