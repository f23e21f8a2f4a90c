// Who is asking: people and programs by the admin token, stations by their own key.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Database } from '../../db/client.ts'
import type { Station } from '../../db/registry.ts'
import { noteKeyUsed, stationByKeyHash } from '../../db/station-keys.ts'
import type { Actor } from '../domain/actor.ts'
import { type Instant, minute } from '../domain/instant.ts'
import { HttpNo } from './errors.ts'

export type Authentication = ReturnType<typeof authentication>

export function authentication({
  database,
  adminToken,
  now,
}: {
  database: Database
  adminToken: string
  now: () => Instant
}) {
  return {
    /** @throws 401 unless the request carries the admin token. The name it acts under may be told in X-Actor-Name; the command line says that it is one. */
    admin(request: FastifyRequest): Actor {
      const token = bearer(request)
      if (token === null || !same(token, adminToken)) throw unauthorised('the admin token (ADMIN_TOKEN)')
      const named = request.headers['x-actor-name']
      const name = typeof named === 'string' && named.trim() !== '' ? named.trim().slice(0, 100) : 'API'
      const door = request.headers['x-actor-door'] === 'command line' ? 'command line' : 'api'
      return { kind: 'program', id: 'admin token', name, door }
    },
    /** @throws 401 unless the request carries the key of a station that has not ended. */
    async station(request: FastifyRequest): Promise<Station> {
      const token = bearer(request)
      const hash = token === null ? null : hashKey(token)
      const found = hash === null ? null : await stationByKeyHash(database.db, hash)
      if (!found || hash === null) throw unauthorised('a station key')
      const { station, key } = found
      const at = now()
      if (key.endsAt !== null && key.endsAt.getTime() <= at)
        throw new HttpNo(
          401,
          'unauthorized',
          `This key was revoked on ${key.endsAt.toISOString()}: ask for a new one.`,
        )
      if (key.lastUsedAt === null || at - key.lastUsedAt.getTime() >= usedEveryMs)
        await noteKeyUsed(database.db, station.id, hash, new Date(at))
      return station
    },
    isAdmin(request: FastifyRequest): boolean {
      const token = bearer(request)
      return token !== null && same(token, adminToken)
    },
  }
}

/** A station asks many times a minute; when it was last heard need not be known more closely. */
const usedEveryMs = 3 * minute

/** Keys are kept as hashes only: they are long and random, so a plain hash cannot be turned back. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function bearer(request: FastifyRequest): string | null {
  const found = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')
  return found?.[1] ?? null
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

function unauthorised(expected: string): HttpNo {
  return new HttpNo(401, 'unauthorized', `Expected ${expected} as "Authorization: Bearer …".`)
}
