// Secrets and signatures of webhooks after the Standard Webhooks specification, version 1.
import { createHmac, randomBytes } from 'node:crypto'
import type { Instant } from '../domain/instant.ts'

const start = 'whsec_'

export function newWebhookSecret(): string {
  return `${start}${randomBytes(32).toString('base64')}`
}

/**
 * HMAC-SHA256 of id, time and body by each secret: while one takes the place of another, either verifies.
 * @param message.id what repetitions are known by.
 * @param now of the attempt: a receiver refuses what is minutes old.
 */
export function signedHeaders(
  message: { id: string; body: string },
  secrets: readonly string[],
  now: Instant,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(now / 1_000))
  const signed = `${message.id}.${timestamp}.${message.body}`
  const signature = (secret: string) =>
    createHmac('sha256', Buffer.from(secret.slice(start.length), 'base64'))
      .update(signed)
      .digest('base64')
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret)}`).join(' '),
  }
}
