// What the interface says of webhooks and of what they were sent, as its description tells it.
import { z } from 'zod'
import type { WebhookEndpoint } from '../../db/webhook-endpoints.ts'
import type { WebhookMessage } from '../../db/webhook-messages.ts'
import { actor } from '../domain/actor.ts'
import { procedureId, webhookId } from '../domain/ids.ts'
import { messageId } from '../webhooks/webhook-body.ts'

const time = z.string().nullable()

export const endpointAnswer = z.object({
  id: webhookId,
  url: z.string().describe('What stands behind ? is not shown.'),
  description: z.string(),
  events: z.array(z.string()),
  procedures: z.array(procedureId).nullable().describe('null: all, and what is of none.'),
  state: z.enum(['in use', 'failing', 'switched off']),
  failing_since: time,
  switched_off_at: time,
  why: z.string().nullable().describe('Why it is switched off.'),
  last_taken_at: time,
  waiting: z.int().describe('Messages that it has not taken yet.'),
  created_at: z.string(),
  created_by: actor,
  former_secret_ends_at: time.describe('Until then messages carry the signatures of two secrets.'),
})

export const endpointWithSecretAnswer = endpointAnswer.extend({
  secret: z.string().describe('whsec_…, shown this once.'),
})

export const messageStates = ['waiting', 'taken', 'given_up', 'called_off'] as const

export const messageAnswer = z.object({
  id: z.string().describe('msg_…, the same whenever it is sent again.'),
  type: z.string(),
  at: z.string(),
  procedure_id: procedureId.nullable(),
  state: z.enum(messageStates),
  attempts: z.int(),
  last_attempt_at: time,
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
  next_attempt_at: time,
})

export function endpointJson({
  endpoint,
  waiting,
}: {
  endpoint: WebhookEndpoint
  waiting: number
}): z.input<typeof endpointAnswer> {
  const { disabledAt, failingSince } = endpoint
  return {
    id: endpoint.id,
    url: endpoint.url.replace(/\?.*$/, '?…'),
    description: endpoint.description,
    events: endpoint.events,
    procedures: endpoint.procedures,
    state: disabledAt !== null ? 'switched off' : failingSince !== null ? 'failing' : 'in use',
    failing_since: failingSince?.toISOString() ?? null,
    switched_off_at: disabledAt?.toISOString() ?? null,
    why: endpoint.disabledWhy,
    last_taken_at: endpoint.lastTakenAt?.toISOString() ?? null,
    waiting,
    created_at: endpoint.createdAt.toISOString(),
    created_by: endpoint.createdBy,
    former_secret_ends_at: endpoint.formerEndsAt?.toISOString() ?? null,
  }
}

const stateWords = {
  waiting: 'waiting',
  taken: 'taken',
  'given up': 'given_up',
  'called off': 'called_off',
} as const

export function messageJson(message: WebhookMessage): z.input<typeof messageAnswer> {
  return {
    id: messageId(message.id),
    type: message.type,
    at: message.at.toISOString(),
    procedure_id: message.procedureId,
    state: stateWords[message.state],
    attempts: message.attempts,
    last_attempt_at: message.lastAttemptAt?.toISOString() ?? null,
    last_status: message.lastStatus,
    last_error: message.lastError,
    next_attempt_at: message.nextAt?.toISOString() ?? null,
  }
}
