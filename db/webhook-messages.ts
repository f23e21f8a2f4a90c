// Messages of webhooks as rows, which are the queue as well: what is due is taken by one process at a time.
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { WebhookId, WebhookMessageId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import { type Db, rows } from './client.ts'
import { webhookMessages } from './schema/webhooks.ts'

/** Channel on which the trigger announces an endpoint's id when something is queued for it. */
export const webhooksChannel = 'firstpass_webhooks'

export type WebhookMessage = typeof webhookMessages.$inferSelect
export type MessageState = WebhookMessage['state']

export async function dueEndpoints(db: Db, now: Instant): Promise<WebhookId[]> {
  const found = await rows<{ id: WebhookId }>(
    db,
    sql`select e.id::text as id from webhook_endpoints e where e.ended_at is null and e.disabled_at is null
          and exists (select 1 from webhook_messages m where m.endpoint_id = e.id and m.next_at <= ${moment(now)})`,
  )
  return found.map(({ id }) => id)
}

/**
 * The oldest that are due, each counted as one more attempt. Nobody else takes them before `leaseMs` is over: a process
 * that dies with them leaves them to another.
 */
export async function takeMessages(
  db: Db,
  id: WebhookId,
  now: Instant,
  { most, leaseMs }: { most: number; leaseMs: number },
): Promise<WebhookMessage[]> {
  const due = sql`(select number from webhook_messages where endpoint_id = ${id}::uuid and next_at <= ${moment(now)}
    order by next_at, number limit ${most} for update skip locked)`
  const taken = await db
    .update(webhookMessages)
    .set({
      attempts: sql`${webhookMessages.attempts} + 1`,
      lastAttemptAt: new Date(now),
      nextAt: new Date(now + leaseMs),
      lastStatus: null,
      lastError: null,
    })
    .where(inArray(webhookMessages.number, due))
    .returning()
  return taken.sort((a, b) => a.number - b.number)
}

/** What came of an attempt. Null `nextAt`: it is over. A message that was called off meanwhile stays so. */
export async function endAttempt(
  db: Db,
  message: Pick<WebhookMessage, 'number'>,
  outcome: Pick<WebhookMessage, 'state' | 'nextAt' | 'lastStatus' | 'lastError'>,
): Promise<void> {
  await db
    .update(webhookMessages)
    .set(outcome)
    .where(and(eq(webhookMessages.number, message.number), eq(webhookMessages.state, 'waiting')))
}

/** For trying an endpoint: it is not due, so that whoever added it sends it. */
export async function addTestMessage(
  db: Db,
  { endpointId, type, now }: { endpointId: WebhookId; type: string; now: Instant },
): Promise<WebhookMessage> {
  const at = new Date(now)
  const [added] = await db
    .insert(webhookMessages)
    .values({ endpointId, type, source: 'test', owner: '', item: 0, at, attempts: 1, lastAttemptAt: at })
    .returning()
  if (!added) throw new Error('a message to try an endpoint was not stored')
  return added
}

export async function messageById(db: Db, id: WebhookMessageId): Promise<WebhookMessage | null> {
  const [found] = await db.select().from(webhookMessages).where(eq(webhookMessages.id, id))
  return found ?? null
}

/** Newest first. `before`: only older ones than this. */
export async function messagesOf(
  db: Db,
  endpointId: WebhookId,
  { state, before, limit }: { state?: MessageState | undefined; before?: number | undefined; limit: number },
): Promise<WebhookMessage[]> {
  return db
    .select()
    .from(webhookMessages)
    .where(
      and(
        eq(webhookMessages.endpointId, endpointId),
        state === undefined ? undefined : eq(webhookMessages.state, state),
        before === undefined ? undefined : lt(webhookMessages.number, before),
      ),
    )
    .orderBy(desc(webhookMessages.number))
    .limit(limit)
}

/** Once more from the first attempt on, under the same id. */
export async function sendAgain(
  tx: Db,
  { number, endpointId }: WebhookMessage,
  now: Instant,
): Promise<WebhookMessage> {
  const [again] = await tx
    .update(webhookMessages)
    .set({ state: 'waiting', attempts: 0, nextAt: new Date(now) })
    .where(eq(webhookMessages.number, number))
    .returning()
  if (!again) throw new Error(`message ${number} is gone`)
  await tx.execute(sql`select pg_notify(${webhooksChannel}, ${endpointId}::text)`)
  return again
}

/** Those that are over: whoever has not asked for them by then does not. */
export async function forgetMessages(db: Db, before: Instant): Promise<void> {
  await db.execute(sql`delete from webhook_messages where at < ${moment(before)} and next_at is null`)
}

function moment(at: Instant) {
  return sql`${new Date(at).toISOString()}::timestamptz`
}
