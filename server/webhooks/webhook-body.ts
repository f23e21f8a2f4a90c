// What a receiver reads: the type of the event, its time, and what happened, under the names that the API has.
import type { WebhookMessage } from '../../db/webhook-messages.ts'
import { snakeCase } from '../routes/snake-case.ts'

/**
 * The same bytes on every attempt, since what the record holds does not change.
 * @param publicUrl of the pages; whoever opens one signs in.
 */
export function webhookBody(
  { type, at, source, owner }: Pick<WebhookMessage, 'type' | 'at' | 'source' | 'owner'>,
  facts: Record<string, unknown>,
  publicUrl: string,
): string {
  const isOfRollout = source === 'events' || source === 'containment_sign_offs'
  const page = isOfRollout ? { page_url: `${publicUrl}/rollouts/${owner}` } : {}
  return JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data: { ...asObject(snakeCase(facts)), ...page },
  })
}

export function messageId(id: string): string {
  return `msg_${id}`
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
