// Tokens of the API over HTTP: made and shown once, listed by their first characters, rotated with a grace, revoked.
import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import {
  type ApiToken,
  type ApiTokenSecret,
  addSecret,
  addToken,
  endSecrets,
  lockToken,
  recordAccess,
  revokeToken,
  tokensWithSecrets,
} from '../../db/api-tokens.ts'
import type { Database, Db } from '../../db/client.ts'
import { procedureById } from '../../db/registry.ts'
import { actor } from '../domain/actor.ts'
import { type ApiTokenId, apiTokenId, procedureId } from '../domain/ids.ts'
import { type Instant, minute } from '../domain/instant.ts'
import { scope, scopeMeanings, scopes } from '../domain/scopes.ts'
import { readTime } from '../domain/time-text.ts'
import { type Authentication, hashKey, tokenStart } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { name, words } from './words.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

const prefixLength = tokenStart.length + 6
const longestGraceMinutes = 60 * 24 * 30

const newToken = z.strictObject({
  name: name.describe('What the record calls it: what uses it, and where.'),
  scopes: z
    .array(scope)
    .min(1, `expected one or more of ${scopes.join(', ')}`)
    .describe(scopes.map((each) => `${each}: ${scopeMeanings[each]}`).join('; ')),
  expires_at: z
    .string()
    .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
    .nullish()
    .describe('From then on it opens nothing. Without: until it is revoked.'),
  procedures: z
    .array(procedureId)
    .min(1, 'expected one or more ids, or nothing for all procedures')
    .max(100)
    .nullish()
    .describe('The only procedures that it may be used for: routes that are not of one of these are closed.'),
})
const rotation = z.strictObject({
  grace_minutes: z
    .number()
    .min(0)
    .max(longestGraceMinutes)
    .default(60)
    .describe('How long the former secret goes on; 0 ends it at once.'),
})
const revocation = z.strictObject({ reason: words(500).trim().min(1, 'expected a reason') })

const time = z.string().nullable()
const tokenAnswer = z.object({
  id: apiTokenId,
  name: z.string(),
  scopes: z.array(scope),
  procedures: z.array(procedureId).nullable(),
  state: z.enum(['in use', 'expired', 'revoked']),
  created_at: z.string(),
  created_by: actor,
  expires_at: time,
  revoked_at: time,
  why: time,
  last_used_at: time,
  secrets: z.array(
    z.object({ prefix: z.string(), created_at: z.string(), ends_at: time, last_used_at: time }),
  ),
})
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }

export function tokenRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const { db } = database
  const tags = ['access']
  const security = demands('admin')
  const oneToken = z.object({ id: apiTokenId })

  app.get(
    '/api/v1/tokens',
    {
      schema: {
        tags,
        security,
        summary: 'API tokens, with what each may do',
        description: 'Newest first, those that have ended too. Secrets by their first characters.',
        response: { 200: z.object({ data: z.array(tokenAnswer) }) },
      },
    },
    async () => {
      const found = await tokensWithSecrets(db)
      return { data: found.map(({ token, secrets }) => tokenJson(token, secrets, now())) }
    },
  )

  app.post(
    '/api/v1/tokens',
    {
      schema: {
        tags,
        security,
        summary: 'Make an API token',
        description: 'Answers with the token, once: only its hash is kept.',
        body: newToken,
        response: { 201: tokenAnswer.extend({ token: z.string() }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const body = newToken.parse(request.body)
      const at = now()
      const endsAt = endOf(body.expires_at, at)
      for (const id of body.procedures ?? [])
        if (!(await procedureById(db, id)))
          throw new HttpNo(422, 'invalid', `procedures: there is no procedure ${id}.`)
      const token = await db.transaction(async (tx: Db) => {
        const added = await addToken(tx, {
          id: apiTokenId.parse(randomUUID()),
          name: body.name,
          scopes: [...new Set(body.scopes)],
          procedures: body.procedures ? [...new Set(body.procedures)] : null,
          createdAt: new Date(at),
          createdBy: by,
          endsAt: endsAt === null ? null : new Date(endsAt),
        })
        if (!added)
          throw new HttpNo(
            409,
            'taken',
            `There is a token "${body.name}" already: rotate or revoke that one.`,
          )
        const secret = await giveSecret(tx, added.id, at)
        await recordAccess(tx, {
          type: 'token made',
          body: {
            tokenId: added.id,
            name: added.name,
            prefix: prefixOf(secret),
            scopes: added.scopes,
            procedures: added.procedures,
            endsAt: added.endsAt?.toISOString() ?? null,
          },
          by,
          at: new Date(at),
        })
        return { ...(await answer(tx, added.id)), token: secret }
      })
      return reply.code(201).send(token)
    },
  )

  app.post(
    '/api/v1/tokens/:id/rotate',
    {
      schema: {
        tags,
        security,
        summary: 'Give an API token a new secret',
        description: 'Answers with it, once. The former one goes on for the grace.',
        params: oneToken,
        body: rotation.nullish(),
        response: { 201: tokenAnswer.extend({ token: z.string(), former_ends_at: z.string() }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = oneToken.parse(request.params)
      const { grace_minutes } = rotation.parse(request.body ?? {})
      const at = now()
      const rotated = await db.transaction(async (tx: Db) => {
        const token = await theToken(tx, id)
        if (token.revokedAt !== null)
          throw new HttpNo(409, 'terminal', `"${token.name}" was revoked: make another token.`)
        if (token.endsAt !== null && token.endsAt.getTime() <= at)
          throw new HttpNo(409, 'terminal', `"${token.name}" is over: revoke it, and make another token.`)
        const formerEndsAt = new Date(at + grace_minutes * minute)
        const replaced = await endSecrets(tx, id, formerEndsAt)
        const secret = await giveSecret(tx, id, at)
        await recordAccess(tx, {
          type: 'token rotated',
          body: {
            tokenId: id,
            name: token.name,
            prefix: prefixOf(secret),
            replaced,
            graceMinutes: grace_minutes,
          },
          by,
          at: new Date(at),
        })
        return { ...(await answer(tx, id)), token: secret, former_ends_at: formerEndsAt.toISOString() }
      })
      return reply.code(201).send(rotated)
    },
  )

  app.post(
    '/api/v1/tokens/:id/revoke',
    {
      schema: {
        tags,
        security,
        summary: 'Revoke an API token at once, and say why',
        params: oneToken,
        body: revocation,
        response: { 200: tokenAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { id } = oneToken.parse(request.params)
      const { reason } = revocation.parse(request.body)
      const at = new Date(now())
      return db.transaction(async (tx: Db) => {
        const token = await theToken(tx, id)
        if (token.revokedAt === null) {
          await revokeToken(tx, id, at, reason)
          const body = { tokenId: id, name: token.name }
          await recordAccess(tx, { type: 'token revoked', body, by, why: reason, at })
        }
        return answer(tx, id)
      })
    },
  )

  async function answer(tx: Db, id: ApiTokenId) {
    const found = (await tokensWithSecrets(tx)).find(({ token }) => token.id === id)
    if (!found) throw new Error(`token ${id} is gone right after it was changed`)
    return tokenJson(found.token, found.secrets, now())
  }
}

/** @returns the secret itself, which nothing keeps. */
async function giveSecret(tx: Db, tokenId: ApiTokenId, at: Instant): Promise<string> {
  const secret = `${tokenStart}${randomBytes(32).toString('base64url')}`
  await addSecret(tx, { hash: hashKey(secret), tokenId, prefix: prefixOf(secret), createdAt: new Date(at) })
  return secret
}

function prefixOf(secret: string): string {
  return secret.slice(0, prefixLength)
}

async function theToken(tx: Db, id: ApiTokenId): Promise<ApiToken> {
  const found = await lockToken(tx, id)
  if (!found) throw new HttpNo(404, 'not_found', `There is no token ${id}. GET /api/v1/tokens lists them.`)
  return found
}

function endOf(text: string | null | undefined, now: Instant): Instant | null {
  const at = text ? (readTime(text)?.at ?? null) : null
  if (at === null || at > now) return at
  throw new HttpNo(422, 'invalid', `expires_at: expected a moment after ${new Date(now).toISOString()}`, {
    issues: [{ path: 'body.expires_at', message: 'expected a moment in the future' }],
  })
}

function tokenJson(token: ApiToken, secrets: ApiTokenSecret[], now: Instant): z.infer<typeof tokenAnswer> {
  const used = secrets.flatMap(({ lastUsedAt }) => (lastUsedAt === null ? [] : [lastUsedAt.getTime()]))
  const isOver = token.endsAt !== null && token.endsAt.getTime() <= now
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    procedures: token.procedures,
    state: token.revokedAt !== null ? 'revoked' : isOver ? 'expired' : 'in use',
    created_at: token.createdAt.toISOString(),
    created_by: token.createdBy,
    expires_at: token.endsAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
    why: token.revokedWhy,
    last_used_at: used.length === 0 ? null : new Date(Math.max(...used)).toISOString(),
    secrets: secrets.map(({ prefix, createdAt, endsAt, lastUsedAt }) => ({
      prefix,
      created_at: createdAt.toISOString(),
      ends_at: endsAt?.toISOString() ?? null,
      last_used_at: lastUsedAt?.toISOString() ?? null,
    })),
  }
}
