// What an endpoint of a webhook was sent and what it answered, over HTTP; one is sent again, or tried by hand.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/client.ts'
import {
  addTestMessage,
  messageById,
  messagesOf,
  sendAgain,
  type WebhookMessage,
} from '../../db/webhook-messages.ts'
import { type WebhookId, webhookMessageId } from '../domain/ids.ts'
import { testType } from '../domain/webhooks/event-types.ts'
import { messageId } from '../webhooks/webhook-body.ts'
import { demands } from './demands.ts'
import { HttpNo } from './errors.ts'
import { messageAnswer, messageJson, messageStates } from './webhook-answers.ts'
import { oneEndpoint, theEndpoint, type WebhookRouteDeps } from './webhooks.ts'

type Deps = WebhookRouteDeps & { attempt: (message: WebhookMessage) => Promise<void> }

const states = { waiting: 'waiting', taken: 'taken', given_up: 'given up', called_off: 'called off' } as const
const page = z.object({
  state: z.enum(messageStates).optional(),
  cursor: z.coerce
    .number()
    .int()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('meta.next_cursor of the page before.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
const oneDelivery = oneEndpoint.extend({
  messageId: z
    .string()
    .transform((text) => text.replace(/^msg_/, ''))
    .pipe(webhookMessageId),
})

export function webhookDeliveryRoutes(
  app: FastifyInstance,
  { database, authentication, attempt, now }: Deps,
): void {
  const { db } = database
  const tags = ['webhooks']

  app.get(
    '/api/v1/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What an endpoint was sent in the last 30 days, and what it answered',
        description: 'Newest first.',
        params: oneEndpoint,
        querystring: page,
        response: {
          200: z.object({
            data: z.array(messageAnswer),
            meta: z.object({ next_cursor: z.int().nullable() }),
          }),
        },
      },
    },
    async (request) => {
      const { id } = oneEndpoint.parse(request.params)
      const { state, cursor, limit } = page.parse(request.query)
      await theEndpoint(db, id)
      const found = await messagesOf(db, id, {
        state: state && states[state],
        before: cursor,
        limit: limit + 1,
      })
      const shown = found.slice(0, limit)
      const next = found.length > limit ? (shown.at(-1)?.number ?? null) : null
      return { data: shown.map(messageJson), meta: { next_cursor: next } }
    },
  )

  app.post(
    '/api/v1/webhooks/:id/deliveries/:messageId/redeliver',
    {
      schema: {
        tags,
        security: demands('admin'),
        summary: 'Send a message again, under its own id',
        description: 'With all its attempts, whether it was taken or not.',
        params: oneDelivery,
        response: { 202: messageAnswer },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const { id, messageId: asked } = oneDelivery.parse(request.params)
      const again = await db.transaction(async (tx: Db) => {
        await switchedOn(tx, id)
        const message = await messageById(tx, asked)
        if (message === null || message.endpointId !== id || message.source === 'test')
          throw new HttpNo(
            404,
            'not_found',
            `There is no message ${messageId(asked)} of an event: GET /api/v1/webhooks/${id}/deliveries lists them.`,
          )
        return sendAgain(tx, message, now())
      })
      return reply.code(202).send(messageJson(again))
    },
  )

  app.post(
    '/api/v1/webhooks/:id/test',
    {
      schema: {
        tags,
        security: demands('admin'),
        summary: 'Send a message of the type webhook.test now, once',
        description: 'Answers with what came of it.',
        params: oneEndpoint,
        response: { 200: messageAnswer },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = oneEndpoint.parse(request.params)
      await switchedOn(db, id)
      const message = await addTestMessage(db, { endpointId: id, type: testType, now: now() })
      await attempt(message)
      return messageJson((await messageById(db, message.id)) ?? message)
    },
  )
}

async function switchedOn(tx: Db, id: WebhookId): Promise<void> {
  const { disabledAt, disabledWhy } = await theEndpoint(tx, id)
  if (disabledAt === null) return
  throw new HttpNo(
    409,
    'not_now',
    `This webhook is switched off (${disabledWhy ?? 'nobody said why'}): switch it on first, by PATCH with "enabled": true.`,
  )
}
