// Sends the messages of webhooks: woken by what is queued and by the clock, each endpoint by one round at a time, each message
// by one process at a time, and again until it is taken or given up.
import type { FastifyBaseLogger } from 'fastify'
import { recordAccess } from '../../db/api-tokens.ts'
import type { Database, Db } from '../../db/client.ts'
import {
  callOffMessages,
  changeEndpoint,
  endpointById,
  noteFailed,
  noteTaken,
  type WebhookEndpoint,
} from '../../db/webhook-endpoints.ts'
import { factsOf } from '../../db/webhook-facts.ts'
import {
  dueEndpoints,
  endAttempt,
  forgetMessages,
  takeMessages,
  type WebhookMessage,
  webhooksChannel,
} from '../../db/webhook-messages.ts'
import { coalesced } from '../coalesced.ts'
import { firstpass } from '../domain/actor.ts'
import { type RolloutId, rolloutId, type WebhookId, webhookId } from '../domain/ids.ts'
import { day, hour, type Instant } from '../domain/instant.ts'
import { failsForLongMs, nextAttempt } from '../domain/webhooks/retries.ts'
import { nobodyLooks, type Observer } from '../telemetry/observer.ts'
import type { Posted } from './post.ts'
import { signedHeaders } from './signed-headers.ts'
import { messageId, webhookBody } from './webhook-body.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'

/** At once to one endpoint: a slow one is not flooded, and of a thousand messages the last waits seconds. */
const atOnceToOne = 4
/** Endpoints at once: one that does not answer must not hold up the others. */
const endpointsAtOnce = 8
/** Longer than an attempt may take: from then on the process that took a message is thought dead. */
const leaseMs = 60_000
/** What is over can be looked up, and sent again, for so long. */
const keptMs = 30 * day

type Deps = {
  database: Database
  secrets: WebhookSecrets
  post: (url: string, body: string, headers: Record<string, string>, signal: AbortSignal) => Promise<Posted>
  publicUrl: () => string
  now: () => Instant
  log: FastifyBaseLogger
  observer?: Pick<Observer, 'around' | 'webhook'>
}
export type WebhookSender = ReturnType<typeof webhookSender>

/** @param options.lookEveryMs announcements can be lost with a connection, and what waits for its next attempt is announced by nobody. */
export function webhookSender(
  { database, secrets, post, publicUrl, now, log, observer = nobodyLooks }: Deps,
  { lookEveryMs = 2_000 } = {},
) {
  const { db } = database
  const stopping = new AbortController()

  const rounds = coalesced<WebhookId>({ work: round, restMs: 100, atOnce: endpointsAtOnce })
  const looks = coalesced<null>({ work: look, restMs: lookEveryMs / 4, atOnce: 1 })
  let tidiedAt = Number.NEGATIVE_INFINITY

  async function look(): Promise<undefined> {
    try {
      for (const id of await dueEndpoints(db, now())) rounds.request(id)
      if (now() - tidiedAt < hour) return
      tidiedAt = now()
      await forgetMessages(db, now() - keptMs)
    } catch (error) {
      log.error({ err: error }, 'webhooks that are due could not be read; they are looked for again')
    }
  }

  async function round(id: WebhookId): Promise<undefined> {
    try {
      while (!stopping.signal.aborted) {
        const taken = await takeMessages(db, id, now(), { most: atOnceToOne, leaseMs })
        if (taken.length === 0) return
        await Promise.all(taken.map((message) => attempt(message)))
      }
    } catch (error) {
      log.error(
        { err: error, webhookId: id },
        'a webhook failed by no fault of its endpoint; it is tried again',
      )
    }
  }

  /** Sends a message that was taken, and keeps what came of it. */
  async function attempt(message: WebhookMessage): Promise<void> {
    const endpoint = await endpointById(db, message.endpointId)
    const facts = await factsOf(db, message)
    if (endpoint === null || facts === null) {
      const lastError = endpoint === null ? 'the endpoint was deleted' : 'what it tells of is gone'
      return endAttempt(db, message, { state: 'called off', nextAt: null, lastStatus: null, lastError })
    }
    const work = { name: 'webhook', rolloutId: rolloutOf(message), about: { type: message.type } } as const
    const posted = await observer.around(work, () => sendTo(endpoint, message, facts))
    const isTaken = posted.status !== null && posted.status >= 200 && posted.status < 300
    observer.webhook(isTaken ? 'taken' : 'not taken')
    if (isTaken) {
      await noteTaken(db, endpoint.id, now())
      const lastStatus = posted.status
      return endAttempt(db, message, { state: 'taken', nextAt: null, lastStatus, lastError: null })
    }
    // It is of no endpoint's making that this process ends: another one sends it at once.
    if (stopping.signal.aborted && posted.status === null)
      return endAttempt(db, message, {
        state: 'waiting',
        nextAt: message.source === 'test' ? null : new Date(now()),
        lastStatus: null,
        lastError: posted.error,
      })
    await database.db.transaction((tx) => notTaken(tx, endpoint, message, posted))
  }

  async function sendTo(
    endpoint: WebhookEndpoint,
    message: WebhookMessage,
    facts: Record<string, unknown>,
  ): Promise<Posted> {
    const opened = await secrets.of(endpoint)
    if (opened === null)
      return {
        status: null,
        error: 'its secret cannot be read with WEBHOOK_SECRET: put the former one back, or rotate it',
      }
    const body = webhookBody(message, facts, publicUrl())
    const id = messageId(message.id)
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Firstpass',
      ...signedHeaders({ id, body }, opened, Date.now()),
    }
    return post(endpoint.url, body, headers, stopping.signal)
  }

  async function notTaken(
    tx: Db,
    endpoint: WebhookEndpoint,
    message: WebhookMessage,
    posted: Posted,
  ): Promise<void> {
    const at = now()
    const why = posted.status === null ? posted.error : saidBy(posted.status)
    const asked = posted.status === 429 || posted.status === 503 ? posted.retryAfterSeconds : null
    const next = message.source === 'test' ? null : nextAttempt(message.attempts, at, asked, Math.random())
    await endAttempt(tx, message, {
      state: next === null ? 'given up' : 'waiting',
      nextAt: next === null ? null : new Date(next),
      lastStatus: posted.status,
      lastError: why,
    })
    const named = { webhookId: endpoint.id, messageId: message.id, type: message.type }
    log.warn(
      { ...named, rollout: rolloutOf(message), attempts: message.attempts, why },
      'a webhook was not taken',
    )
    const since = await noteFailed(tx, endpoint.id, at)
    if (posted.status === 410) await disable(tx, endpoint, 'it answered 410: it is gone')
    else if (next === null && since !== null && at - since >= failsForLongMs)
      await disable(tx, endpoint, `it has taken nothing since ${new Date(since).toISOString()}, last: ${why}`)
  }

  async function disable(
    tx: Db,
    { id, description, disabledAt }: WebhookEndpoint,
    why: string,
  ): Promise<void> {
    if (disabledAt !== null) return
    const at = new Date(now())
    await changeEndpoint(tx, id, { disabledAt: at, disabledWhy: why })
    await callOffMessages(tx, id, 'the endpoint was switched off')
    const body = { webhookId: id, description }
    await recordAccess(tx, { type: 'webhook disabled', body, by: firstpass, why, at })
    log.error(
      { webhookId: id, why },
      'a webhook is switched off: mend its endpoint, then switch it on by PATCH /api/v1/webhooks/{id}',
    )
  }

  let clock: NodeJS.Timeout | undefined
  let deaf: (() => Promise<void>) | undefined

  return {
    /** One message that somebody waits for, of which this process alone knows. */
    attempt,
    /** Sends what is queued from now on, and what was queued before. */
    async start(): Promise<void> {
      deaf = await database.listen(webhooksChannel, (payload) => {
        const id = webhookId.safeParse(payload).data
        if (id) rounds.request(id)
      })
      clock = setInterval(() => looks.request(null), lookEveryMs)
      looks.request(null)
    },
    async stop(): Promise<void> {
      clearInterval(clock)
      stopping.abort()
      await deaf?.()
      await looks.stop()
      await rounds.stop()
    },
  }
}

function saidBy(status: number): string {
  if (status >= 300 && status < 400)
    return `it answered ${status}: a redirect is not followed, name the address itself`
  return `it answered ${status}`
}

function rolloutOf({ source, owner }: WebhookMessage): RolloutId | undefined {
  const isOfRollout = source === 'events' || source === 'containment_sign_offs'
  return isOfRollout ? rolloutId.parse(owner) : undefined
}
