// Keys of stations over HTTP: replaced with an overlap, revoked at once, listed without ever being shown again.

import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { addStationKey, endKeys, keysOf, type StationKey } from '../../db/station-keys.ts'
import { recordStation } from '../../db/station-record.ts'
import type { Actor } from '../domain/actor.ts'
import { type StationId, stationId } from '../domain/ids.ts'
import { type Instant, minute } from '../domain/instant.ts'
import { type Authentication, hashKey, keyStart } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { theStation } from './lookup.ts'
import { words } from './words.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

const keyAnswer = z.object({
  prefix: z.string(),
  state: z.enum(['in use', 'ending', 'ended']),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
  ends_at: z.string().nullable(),
  why: z.string().nullable(),
})
const madeAnswer = z.object({
  key: z.string(),
  prefix: z.string(),
  former_ends_at: z.string().nullable().describe('Null: it had none.'),
})

/** @returns the key itself, which nothing keeps. */
export async function giveKey(tx: Db, stationId: StationId, now: Instant): Promise<string> {
  const key = `${keyStart}${randomBytes(24).toString('base64url')}`
  const createdAt = new Date(now)
  await addStationKey(tx, { hash: hashKey(key), stationId, prefix: prefixOf(key), createdAt })
  return key
}

export function prefixOf(key: string): string {
  return key.slice(0, 8)
}

export function stationKeyRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const { db } = database
  const tags = ['registry']
  const oneStation = z.object({ id: stationId })
  const oneKey = z.object({ id: stationId, prefix: z.string().min(1).max(20) })

  app.get(
    '/api/v1/stations/:id/keys',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'The keys of a station, by their first characters',
        description: 'Newest first, those that have ended too.',
        params: oneStation,
        response: { 200: z.object({ data: z.array(keyAnswer) }), 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      return { data: (await keysOf(db, id)).map((key) => keyJson(key, now())) }
    },
  )

  const rotation = z.strictObject({
    overlap_minutes: z
      .number()
      .min(0)
      .max(60 * 24 * 30)
      .default(60)
      .describe('How long the former key goes on; 0 ends it at once.'),
  })
  app.post(
    '/api/v1/stations/:id/keys',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Give a station a new key',
        description:
          'Answers with the key, once. The former one goes on for the overlap, so that the station is never locked out.',
        params: oneStation,
        body: rotation.nullish(),
        response: { 201: madeAnswer, 404: errorBody },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const { overlap_minutes } = rotation.parse(request.body ?? {})
      const at = now()
      const endsAt = new Date(at + overlap_minutes * minute)
      const made = await db.transaction(async (tx: Db) => {
        const replaced = await endKeys(tx, id, { prefix: null, endsAt, why: 'replaced by a new key' })
        const key = await giveKey(tx, id, at)
        const body = { prefix: prefixOf(key), replaced, overlap_minutes }
        await recordStation(tx, { stationId: id, type: 'key made', body, by, at: new Date(at) })
        return {
          key,
          prefix: prefixOf(key),
          former_ends_at: replaced.length > 0 ? endsAt.toISOString() : null,
        }
      })
      return reply.code(201).send(made)
    },
  )

  async function revoke(request: { params: unknown }, by: Actor, why: string) {
    const { id, prefix } = oneKey.parse(request.params)
    await theStation(database, id)
    const at = new Date(now())
    await db.transaction(async (tx: Db) => {
      const [ended] = await endKeys(tx, id, { prefix, endsAt: at, why })
      if (ended === undefined) return
      await recordStation(tx, { stationId: id, type: 'key revoked', body: { prefix }, by, why, at })
    })
    const found = (await keysOf(db, id)).find((key) => key.prefix === prefix)
    if (!found)
      throw new HttpNo(
        404,
        'not_found',
        `The station has no key that begins with "${prefix}". GET /api/v1/stations/${id}/keys lists them.`,
      )
    return keyJson(found, now())
  }

  app.delete(
    '/api/v1/stations/:id/keys/:prefix',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Revoke a key at once',
        params: oneKey,
        response: { 200: keyAnswer, 404: errorBody },
      },
    },
    async (request) => revoke(request, authentication.caller(request), 'revoked'),
  )
  const reasoned = z.strictObject({ reason: words(500).trim().min(1, 'expected a reason') })
  app.post(
    '/api/v1/stations/:id/keys/:prefix/revoke',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Revoke a key at once, and say why',
        params: oneKey,
        body: reasoned,
        response: { 200: keyAnswer, 404: errorBody },
      },
    },
    async (request) => revoke(request, authentication.caller(request), reasoned.parse(request.body).reason),
  )
}

function keyJson(key: StationKey, now: Instant): z.infer<typeof keyAnswer> {
  const { endsAt } = key
  return {
    prefix: key.prefix,
    state: endsAt === null ? 'in use' : endsAt.getTime() > now ? 'ending' : 'ended',
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    ends_at: endsAt?.toISOString() ?? null,
    why: key.endedWhy,
  }
}
