// GitHub as it delivers to the webhook: real payloads, changed where a test says so, signed over the bytes that are sent.
import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Answer, githubSecret, type TestService } from './test-service.ts'

export type Payload = Record<string, unknown>

/** A fixture, with parts of it replaced; objects are gone into. */
export function payload(
  file: 'push' | 'workflow-run' | 'deployment-status' | 'ping',
  more: Payload = {},
): Payload {
  return merged(JSON.parse(readFileSync(`test/fixtures/github/${file}.json`, 'utf8')), more)
}

export type Sent = {
  id?: string
  secret?: string
  signature?: string | null
  type?: string
  /** The bytes, when they are to be others than the payload's. */
  raw?: string
}

export function githubHook(service: Pick<TestService, 'app'>) {
  return async (event: string, body: Payload, sent: Sent = {}): Promise<Answer> => {
    const raw = sent.raw ?? JSON.stringify(body)
    const signed = `sha256=${createHmac('sha256', sent.secret ?? githubSecret)
      .update(raw)
      .digest('hex')}`
    const signature = sent.signature === undefined ? signed : sent.signature
    const reply = await service.app.inject({
      method: 'POST',
      url: '/webhooks/github',
      headers: {
        'content-type': sent.type ?? 'application/json',
        'x-github-event': event,
        'x-github-delivery': sent.id ?? randomUUID(),
        ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
      },
      payload: raw,
    })
    return { status: reply.statusCode, body: reply.json(), headers: reply.headers }
  }
}

export function signatureOf(raw: string, secret = githubSecret): string {
  return `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`
}

function merged(value: Payload, more: Payload): Payload {
  const changed = Object.entries(more).map(([key, each]) => {
    const held = value[key]
    return [key, isObject(each) && isObject(held) ? merged(held, each) : each]
  })
  return { ...value, ...Object.fromEntries(changed) }
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
