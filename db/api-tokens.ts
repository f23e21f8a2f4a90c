// Tokens of the API: kept as hashes, read by hash, rotated, revoked, noted when used, announced when they change.
import { and, asc, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { ApiTokenId, ProcedureId } from '../server/domain/ids.ts'
import type { Instant } from '../server/domain/instant.ts'
import type { Scope } from '../server/domain/scopes.ts'
import { noteAnnounced } from './announcements.ts'
import { type Db, rows } from './client.ts'
import { accessEvents, apiTokenSecrets, apiTokens } from './schema/access.ts'

/** Channel on which a token's id is announced when what it opens changes. */
export const tokensChannel = 'firstpass_tokens'

export type ApiToken = typeof apiTokens.$inferSelect
export type ApiTokenSecret = typeof apiTokenSecrets.$inferSelect
/** A token by one of its secrets. `endsAt`: the earlier end of the two. */
export type KeyedToken = {
  hash: string
  id: ApiTokenId
  name: string
  scopes: Scope[]
  procedures: ProcedureId[] | null
  endsAt: Instant | null
  revokedWhy: string | null
  usedAt: Instant | null
}

/** Hashes that no token has are missing. */
export async function keyedTokens(db: Db, hashes: string[]): Promise<KeyedToken[]> {
  const ms = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::float8`)
  return rows<KeyedToken>(
    db,
    sql`select s.hash, t.id::text as id, t.name, t.scopes, t.procedures, ${ms('least(t.ends_at, s.ends_at)')} as "endsAt",
          t.revoked_why as "revokedWhy", ${ms('s.last_used_at')} as "usedAt"
        from api_token_secrets s join api_tokens t on t.id = s.token_id
        where s.hash in (select jsonb_array_elements_text(${JSON.stringify(hashes)}::text::jsonb))`,
  )
}

/** Null: a token that is not revoked has that name. */
export async function addToken(tx: Db, token: typeof apiTokens.$inferInsert): Promise<ApiToken | null> {
  const [added] = await tx.insert(apiTokens).values(token).onConflictDoNothing().returning()
  return added ?? null
}

export async function addSecret(tx: Db, secret: typeof apiTokenSecrets.$inferInsert): Promise<void> {
  await tx.insert(apiTokenSecrets).values(secret)
  await announceToken(tx, secret.tokenId)
}

/** With its row locked until the transaction ends. */
export async function lockToken(tx: Db, id: ApiTokenId): Promise<ApiToken | null> {
  const [found] = await tx.select().from(apiTokens).where(eq(apiTokens.id, id)).for('update')
  return found ?? null
}

/** Ends the secrets that go on beyond that moment. @returns the beginnings of those that it ended. */
export async function endSecrets(tx: Db, id: ApiTokenId, endsAt: Date): Promise<string[]> {
  const ended = await tx
    .update(apiTokenSecrets)
    .set({ endsAt })
    .where(
      and(
        eq(apiTokenSecrets.tokenId, id),
        or(isNull(apiTokenSecrets.endsAt), gt(apiTokenSecrets.endsAt, endsAt)),
      ),
    )
    .returning({ prefix: apiTokenSecrets.prefix })
  await announceToken(tx, id)
  return ended.map(({ prefix }) => prefix)
}

export async function revokeToken(tx: Db, id: ApiTokenId, at: Date, why: string): Promise<void> {
  await tx.update(apiTokens).set({ revokedAt: at, revokedWhy: why }).where(eq(apiTokens.id, id))
  await endSecrets(tx, id, at)
}

/** Newest first, those that have ended too, each with its secrets, newest first. */
export async function tokensWithSecrets(db: Db): Promise<{ token: ApiToken; secrets: ApiTokenSecret[] }[]> {
  const found = await db.select().from(apiTokens).orderBy(desc(apiTokens.createdAt), asc(apiTokens.name))
  const secrets = await db.select().from(apiTokenSecrets).orderBy(desc(apiTokenSecrets.createdAt))
  return found.map((token) => ({ token, secrets: secrets.filter(({ tokenId }) => tokenId === token.id) }))
}

export type TokenUse = { hash: string; at: Instant }

/** Rows that somebody else is changing are passed over: a later use is noted instead. */
export async function noteTokensUsed(db: Db, uses: TokenUse[]): Promise<void> {
  const used = uses.map(({ hash, at }) => ({ hash, at: new Date(at).toISOString() }))
  await db.execute(
    sql`with used as (select hash, max(at) as at from jsonb_to_recordset(${JSON.stringify(used)}::text::jsonb)
            as each (hash text, at timestamptz) group by hash),
          free as (select s.hash, used.at from api_token_secrets s join used on used.hash = s.hash
            order by s.hash for no key update of s skip locked)
        update api_token_secrets s set last_used_at = greatest(s.last_used_at, free.at) from free where s.hash = free.hash`,
  )
}

export async function recordAccess(tx: Db, event: typeof accessEvents.$inferInsert): Promise<void> {
  await tx.insert(accessEvents).values(event)
}

async function announceToken(tx: Db, id: ApiTokenId): Promise<void> {
  await tx.execute(sql`select pg_notify(${tokensChannel}, ${id}::text)`)
  noteAnnounced(tx, tokensChannel, [id])
}
