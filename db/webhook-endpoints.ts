// Endpoints of webhooks as rows: who is told of what, and whether it takes what it is sent.
import { and, asc, desc, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { WebhookId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { webhookEndpoints, webhookMessages } from './schema/webhooks.ts'

export type WebhookEndpoint = typeof webhookEndpoints.$inferSelect

export async function addEndpoint(tx: Db, endpoint: typeof webhookEndpoints.$inferInsert): Promise<void> {
  await tx.insert(webhookEndpoints).values(endpoint)
}

/** Null: there is none, or it was deleted. `lock`: until the transaction ends. */
export async function endpointById(db: Db, id: WebhookId, lock = false): Promise<WebhookEndpoint | null> {
  const query = db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.endedAt)))
  const [found] = lock ? await query.for('no key update') : await query
  return found ?? null
}

/** Newest first, without deleted ones, each with how many messages wait for it. */
export async function endpointsWaiting(db: Db): Promise<{ endpoint: WebhookEndpoint; waiting: number }[]> {
  const found = await db
    .select()
    .from(webhookEndpoints)
    .where(isNull(webhookEndpoints.endedAt))
    .orderBy(desc(webhookEndpoints.createdAt), asc(webhookEndpoints.id))
  const waiting = await rows<{ id: WebhookId; waiting: number }>(
    db,
    sql`select endpoint_id::text as id, count(*)::int as waiting from webhook_messages where next_at is not null group by 1`,
  )
  const counts = new Map(waiting.map((each) => [each.id, each.waiting]))
  return found.map((endpoint) => ({ endpoint, waiting: counts.get(endpoint.id) ?? 0 }))
}

export async function changeEndpoint(
  tx: Db,
  id: WebhookId,
  change: { [Field in Exclude<keyof WebhookEndpoint, 'id'>]?: WebhookEndpoint[Field] | undefined },
): Promise<void> {
  await tx.update(webhookEndpoints).set(change).where(eq(webhookEndpoints.id, id))
}

/** The same secret, encrypted anew: unless another has taken its place meanwhile. */
export async function resealEndpoint(
  db: Db,
  id: WebhookId,
  before: string,
  sealedSecret: string,
): Promise<void> {
  await db
    .update(webhookEndpoints)
    .set({ sealedSecret })
    .where(and(eq(webhookEndpoints.id, id), eq(webhookEndpoints.sealedSecret, before)))
}

/** What still waits for it is never sent. */
export async function callOffMessages(tx: Db, id: WebhookId, why: string): Promise<void> {
  await tx
    .update(webhookMessages)
    .set({ state: 'called off', nextAt: null, lastError: why })
    .where(and(eq(webhookMessages.endpointId, id), isNotNull(webhookMessages.nextAt)))
}

/** Written once a minute at most while all goes well. */
export async function noteTaken(db: Db, id: WebhookId, at: Instant): Promise<void> {
  const isNews = or(
    isNotNull(webhookEndpoints.failingSince),
    isNull(webhookEndpoints.lastTakenAt),
    lt(webhookEndpoints.lastTakenAt, new Date(at - 60_000)),
  )
  await db
    .update(webhookEndpoints)
    .set({ failingSince: null, lastTakenAt: new Date(at) })
    .where(and(eq(webhookEndpoints.id, id), isNews))
}

/** @returns since when it has taken nothing; null: it was deleted or switched off meanwhile. */
export async function noteFailed(tx: Db, id: WebhookId, at: Instant): Promise<Instant | null> {
  const [noted] = await tx
    .update(webhookEndpoints)
    .set({ failingSince: sql`coalesce(${webhookEndpoints.failingSince}, ${new Date(at).toISOString()})` })
    .where(
      and(eq(webhookEndpoints.id, id), isNull(webhookEndpoints.disabledAt), isNull(webhookEndpoints.endedAt)),
    )
    .returning({ since: webhookEndpoints.failingSince })
  return noted?.since?.getTime() ?? null
}
