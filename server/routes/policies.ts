// Policies over HTTP: what rollouts must keep to, of the whole organisation and of one procedure, and freezes.

import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { procedureId } from '../domain/ids.ts'
import type { PolicyScope } from '../domain/policy.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import type { PolicyDone, PolicyRefusal, PolicyView, Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { camelCase, snake, snakeCase } from './snake-case.ts'
import { words } from './words.ts'

type Deps = { service: Service; authentication: Authentication }

const reason = words(1000).trim()
const change = z.strictObject({
  policy: z
    .record(z.string(), z.unknown())
    .describe('The whole policy: what it leaves out gets its default. "own" of the answer has this shape.'),
  expected_version: z
    .int()
    .min(0)
    .describe(
      'The version that was read, 0 where there was none: refused as stale when another is in force.',
    ),
  reason: reason.optional(),
})
const freezeBody = z.strictObject({
  why: reason.min(1, 'expected why nothing may move, in a few words'),
  until: z
    .string()
    .nullish()
    .describe('ISO 8601 with its zone; without it the freeze lasts until it is lifted.'),
  sites: z.array(words(200)).max(1000).default([]).describe('Everywhere when empty.'),
})
const oneFreeze = z.object({ freeze: z.string() })
const lifting = z.object({ reason: reason.optional() })

const heldFreeze = z.looseObject({
  id: z.string(),
  scope: z.string(),
  from: z.string(),
  to: z.string().nullable(),
  why: z.string(),
  sites: z.array(z.string()),
  in_force: z.boolean(),
})
const answered = z.object({
  scope: z.string(),
  version: z.int(),
  own: z.unknown(),
  effective: z.unknown(),
  freezes: z.array(heldFreeze).describe('All that are set or over and not lifted, the organisation’s too.'),
  changed: z.unknown(),
})
const doneJson = z.object({ did: z.string(), policy: answered })
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

export function policyRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  const tags = ['policies']
  const ofProcedure = z.object({ id: procedureId })
  const places = [
    {
      prefix: '/api/v1',
      of: 'the organisation',
      params: z.object({}),
      scopeOf: (): PolicyScope => 'organisation',
    },
    {
      prefix: '/api/v1/procedures/:id',
      of: 'a procedure',
      params: ofProcedure,
      scopeOf: (params: unknown): PolicyScope => ofProcedure.parse(params).id,
    },
  ]

  for (const { prefix, of, params, scopeOf } of places) {
    app.get(
      `${prefix}/policy`,
      {
        schema: {
          tags,
          security: demands('read'),
          summary: `The policy of ${of}: its own, and what holds`,
          params,
          response: { 200: answered, ...noes },
        },
      },
      async (request) => {
        authentication.caller(request)
        const scope = scopeOf(request.params)
        return policyJson((await service.policy(scope)) ?? unknownProcedure(scope))
      },
    )

    app.put(
      `${prefix}/policy`,
      {
        schema: {
          tags,
          security: demands('configure'),
          summary: `Set the policy of ${of}`,
          params,
          body: change,
          response: { 200: doneJson, ...noes },
        },
      },
      async (request, reply) => {
        const by = authentication.caller(request)
        const body = change.parse(request.body)
        const asked = {
          policy: camelCase(body.policy),
          readVersion: body.expected_version,
          why: body.reason || null,
        }
        return answer(reply, await service.setPolicy(scopeOf(request.params), asked, by), 'body.policy')
      },
    )

    app.get(
      `${prefix}/policy/history`,
      {
        schema: {
          tags,
          security: demands('read'),
          summary: `Every version of the policy of ${of}, newest first`,
          params,
        },
      },
      async (request) => {
        authentication.caller(request)
        const scope = scopeOf(request.params)
        if ((await service.policy(scope)) === null) unknownProcedure(scope)
        const versions = await service.policyHistory(scope)
        return { data: versions.map((each) => snakeCase({ ...each, at: new Date(each.at).toISOString() })) }
      },
    )

    app.post(
      `${prefix}/freezes`,
      {
        schema: {
          tags,
          security: demands('configure'),
          summary: `Freeze ${of}: no further station is taken`,
          description: 'Rollouts stay where they are, gates keep judging, and an abort is never late for it.',
          params,
          body: freezeBody,
          response: { 200: doneJson, ...noes },
        },
      },
      async (request, reply) => {
        const by = authentication.caller(request)
        const { why, until = null, sites } = freezeBody.parse(request.body)
        return answer(reply, await service.freeze(scopeOf(request.params), { why, until, sites }, by), 'body')
      },
    )

    app.delete(
      `${prefix}/freezes/:freeze`,
      {
        schema: {
          tags,
          security: demands('configure'),
          summary: `Lift a freeze of ${of}`,
          description: 'By its id in "freezes" of the policy. One that is lifted already stays so.',
          params: params.extend(oneFreeze.shape),
          querystring: lifting,
          response: { 200: doneJson, ...noes },
        },
      },
      async (request, reply) => {
        const by = authentication.caller(request)
        const { freeze: id } = oneFreeze.parse(request.params)
        const why = lifting.parse(request.query).reason || null
        return answer(reply, await service.unfreeze(scopeOf(request.params), { id, why }, by), 'query')
      },
    )
  }
}

/** @param place of the body in which the faults lie. */
function answer(reply: FastifyReply, outcome: PolicyDone | PolicyRefusal, place: string) {
  if (!isRefusal(outcome)) return reply.send({ did: outcome.did, policy: policyJson(outcome.policy) })
  if (outcome.faults === undefined)
    return reply.code(refusalStatus[outcome.refused]).send(refusalBody(outcome))
  const issues = outcome.faults.map((fault) => ({
    path: [place, ...fault.path.map((key) => snake(String(key)))].join('.'),
    message: fault.message,
  }))
  const message = issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')
  return reply.code(422).send({ code: 'invalid', message, issues })
}

function policyJson(view: PolicyView) {
  const changed = view.changed && { ...view.changed, at: new Date(view.changed.at).toISOString() }
  return answered.parse(snakeCase({ ...view, changed }))
}

function unknownProcedure(scope: PolicyScope): never {
  throw new HttpNo(404, 'not_found', `There is no procedure ${scope}. GET /api/v1/procedures lists them.`)
}
