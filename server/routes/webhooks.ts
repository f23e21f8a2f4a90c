// Endpoints of webhooks over HTTP: added with a secret that is shown once, changed, tried, given another secret, deleted.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { recordAccess } from '../../db/api-tokens.ts'
import type { Database, Db } from '../../db/client.ts'
import { procedureById } from '../../db/registry.ts'
import {
  addEndpoint,
  callOffMessages,
  changeEndpoint,
  endpointById,
  endpointsWaiting,
  type WebhookEndpoint,
} from '../../db/webhook-endpoints.ts'
import { type ProcedureId, procedureId, type WebhookId, webhookId } from '../domain/ids.ts'
import { hour, type Instant } from '../domain/instant.ts'
import { chosenTypes, webhookTypes } from '../domain/webhooks/event-types.ts'
import type { AllowedAddresses } from '../webhooks/allowed-addresses.ts'
import { faultOf } from '../webhooks/reach.ts'
import { newWebhookSecret } from '../webhooks/signed-headers.ts'
import type { WebhookSecrets } from '../webhooks/webhook-secrets.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { HttpNo } from './errors.ts'
import { endpointAnswer, endpointJson, endpointWithSecretAnswer } from './webhook-answers.ts'
import { words } from './words.ts'

export type WebhookRouteDeps = {
  database: Database
  authentication: Authentication
  secrets: WebhookSecrets
  allowed: AllowedAddresses
  now: () => Instant
}

const longestGraceHours = 24 * 30
/** More than anybody needs, and few enough for every event to be matched against them all. */
const mostEndpoints = 50

const url = z.string().max(2_000).describe('https://…, or http:// in a network that WEBHOOK_ALLOW names.')
const described = words(200).describe('What receives it.')
const events = chosenTypes.describe(
  'Types such as rollout.breach_opened, groups such as rollout.*, or "*" for all; GET /api/v1/webhooks/types lists them.',
)
const procedures = z
  .array(procedureId)
  .min(1, 'expected one or more ids, or null for all')
  .max(100)
  .describe(
    'Only events of these procedures; null: of all, and those of stations, access and the organisation.',
  )
const newEndpoint = z.strictObject({
  url,
  events,
  description: described.default(''),
  procedures: procedures.nullish(),
})
const change = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  description: described.optional(),
  procedures: procedures.nullish(),
  enabled: z.boolean().optional().describe('false: nothing is queued for it until it is true again.'),
})
const rotation = z.strictObject({
  grace_hours: z
    .number()
    .min(0)
    .max(longestGraceHours)
    .default(24)
    .describe('How long the former secret signs beside the new one; 0 ends it at once.'),
})
export const oneEndpoint = z.object({ id: webhookId })

export function webhookRoutes(app: FastifyInstance, deps: WebhookRouteDeps): void {
  const { database, authentication, secrets, allowed, now } = deps
  const { db } = database
  const tags = ['webhooks']
  const looking = demands('read')
  const changing = demands('admin')

  app.get(
    '/api/v1/webhooks',
    {
      schema: {
        tags,
        security: looking,
        summary: 'Endpoints that are told of events, and whether they take it',
        description: 'Newest first. What stands behind ? in an address is not shown.',
        response: { 200: z.object({ data: z.array(endpointAnswer) }) },
      },
    },
    async () => ({ data: (await endpointsWaiting(db)).map(endpointJson) }),
  )

  app.get(
    '/api/v1/webhooks/types',
    {
      schema: {
        tags,
        security: looking,
        summary: 'Types of events that a webhook can be told of',
        response: { 200: z.object({ data: z.array(z.string()) }) },
      },
    },
    async () => ({ data: webhookTypes }),
  )

  app.get(
    '/api/v1/webhooks/:id',
    {
      schema: {
        tags,
        security: looking,
        summary: 'One endpoint',
        params: oneEndpoint,
        response: { 200: endpointAnswer },
      },
    },
    async (request) => answer(db, oneEndpoint.parse(request.params).id),
  )

  app.post(
    '/api/v1/webhooks',
    {
      schema: {
        tags,
        security: changing,
        summary: 'Add an endpoint',
        description: 'Answers with its secret (whsec_…), once: messages are signed after Standard Webhooks.',
        body: newEndpoint,
        response: { 201: endpointWithSecretAnswer },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = newEndpoint.parse(request.body)
      await checked({ url: body.url, procedures: body.procedures ?? null })
      const [id, secret, at] = [webhookId.parse(randomUUID()), newWebhookSecret(), new Date(now())]
      const made = await db.transaction(async (tx: Db) => {
        if ((await endpointsWaiting(tx)).length >= mostEndpoints)
          throw new HttpNo(
            409,
            'too_many',
            `There are ${mostEndpoints} webhooks already: delete one that nobody needs.`,
          )
        const { description, events: chosen } = body
        await addEndpoint(tx, {
          id,
          url: body.url,
          description,
          events: [...new Set(chosen)],
          procedures: body.procedures ?? null,
          sealedSecret: secrets.seal(id, secret),
          createdAt: at,
          createdBy: by,
        })
        const recorded = {
          webhookId: id,
          origin: new URL(body.url).origin,
          description,
          events: chosen,
          procedures: body.procedures ?? null,
        }
        await recordAccess(tx, { type: 'webhook made', body: recorded, by, at })
        return answer(tx, id)
      })
      return reply.code(201).send({ ...made, secret })
    },
  )

  app.patch(
    '/api/v1/webhooks/:id',
    {
      schema: {
        tags,
        security: changing,
        summary: 'Change an endpoint, or switch it off and on',
        params: oneEndpoint,
        body: change,
        response: { 200: endpointAnswer },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = oneEndpoint.parse(request.params)
      const { enabled, ...fields } = change.parse(request.body)
      await checked({ url: fields.url, procedures: fields.procedures ?? null })
      const at = new Date(now())
      return db.transaction(async (tx: Db) => {
        const before = await theEndpoint(tx, id, true)
        const isOn = before.disabledAt === null
        if (Object.keys(fields).length > 0) await changeEndpoint(tx, id, fields)
        if (enabled === true && !isOn)
          await changeEndpoint(tx, id, { disabledAt: null, disabledWhy: null, failingSince: null })
        if (enabled === false && isOn) {
          await changeEndpoint(tx, id, { disabledAt: at, disabledWhy: `switched off by ${by.name}` })
          await callOffMessages(tx, id, 'the endpoint was switched off')
        }
        const { url: to, ...others } = fields
        const origin = to === undefined ? {} : { origin: new URL(to).origin }
        const body = { webhookId: id, ...others, ...origin, ...(enabled === undefined ? {} : { enabled }) }
        await recordAccess(tx, { type: 'webhook changed', body, by, at })
        return answer(tx, id)
      })
    },
  )

  app.post(
    '/api/v1/webhooks/:id/rotate',
    {
      schema: {
        tags,
        security: changing,
        summary: 'Give an endpoint a new secret',
        description: 'Answers with it, once. Until the grace is over messages carry the signatures of both.',
        params: oneEndpoint,
        body: rotation.nullish(),
        response: { 201: endpointWithSecretAnswer },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = oneEndpoint.parse(request.params)
      const { grace_hours } = rotation.parse(request.body ?? {})
      const [secret, at] = [newWebhookSecret(), now()]
      const rotated = await db.transaction(async (tx: Db) => {
        const { sealedSecret } = await theEndpoint(tx, id, true)
        await changeEndpoint(tx, id, {
          sealedSecret: secrets.seal(id, secret),
          sealedFormer: grace_hours === 0 ? null : sealedSecret,
          formerEndsAt: grace_hours === 0 ? null : new Date(at + grace_hours * hour),
        })
        const body = { webhookId: id, graceHours: grace_hours }
        await recordAccess(tx, { type: 'webhook secret rotated', body, by, at: new Date(at) })
        return answer(tx, id)
      })
      return reply.code(201).send({ ...rotated, secret })
    },
  )

  app.delete(
    '/api/v1/webhooks/:id',
    {
      schema: {
        tags,
        security: changing,
        summary: 'Delete an endpoint: what waits for it is never sent',
        params: oneEndpoint,
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = oneEndpoint.parse(request.params)
      const at = new Date(now())
      await db.transaction(async (tx: Db) => {
        const { description } = await theEndpoint(tx, id, true)
        await changeEndpoint(tx, id, { endedAt: at })
        await callOffMessages(tx, id, 'the endpoint was deleted')
        await recordAccess(tx, { type: 'webhook deleted', body: { webhookId: id, description }, by, at })
      })
      return reply.code(204).send()
    },
  )

  async function checked(named: {
    url: string | undefined
    procedures: ProcedureId[] | null
  }): Promise<void> {
    const fault = named.url === undefined ? null : await faultOf(named.url, allowed)
    if (fault !== null)
      throw new HttpNo(422, 'invalid', `url: ${fault}.`, { issues: [{ path: 'body.url', message: fault }] })
    for (const id of named.procedures ?? [])
      if (!(await procedureById(db, id)))
        throw new HttpNo(422, 'invalid', `procedures: there is no procedure ${id}.`)
  }

  async function answer(tx: Db, id: WebhookId) {
    const found = (await endpointsWaiting(tx)).find(({ endpoint }) => endpoint.id === id)
    if (!found) throw noEndpoint(id)
    return endpointJson(found)
  }
}

/** @throws 404. `lock`: until the transaction ends. */
export async function theEndpoint(tx: Db, id: WebhookId, lock = false): Promise<WebhookEndpoint> {
  const found = await endpointById(tx, id, lock)
  if (!found) throw noEndpoint(id)
  return found
}

function noEndpoint(id: WebhookId): HttpNo {
  return new HttpNo(404, 'not_found', `There is no webhook ${id}. GET /api/v1/webhooks lists them.`)
}
