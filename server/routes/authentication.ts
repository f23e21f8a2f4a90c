// Who is asking: people and programs by the admin token, stations by their own key.
import { createHash, hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../domain/actor.ts'
import type { Instant } from '../domain/instant.ts'
import type { KnownStation } from '../known-station.ts'
import type { StationSnapshot } from '../station-snapshot.ts'
import { HttpNo } from './errors.ts'

export type Authentication = ReturnType<typeof authentication>

export function authentication({
  stations,
  adminToken,
  now,
}: {
  stations: Pick<StationSnapshot, 'byKey' | 'used'>
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
    async station(request: FastifyRequest): Promise<KnownStation> {
      const token = bearer(request)
      const station = token === null ? null : await stations.byKey(hashKey(token))
      if (!station) throw unauthorised('a station key')
      if (station.endsAt !== null && station.endsAt <= now())
        throw new HttpNo(
          401,
          'unauthorized',
          `This key was revoked on ${new Date(station.endsAt).toISOString()}: ask for a new one.`,
        )
      stations.used(station)
      return station
    },
    isAdmin(request: FastifyRequest): boolean {
      const token = bearer(request)
      return token !== null && same(token, adminToken)
    },
  }
}

/** Keys are kept as hashes only: they are long and random, so a plain hash cannot be turned back. */
export function hashKey(key: string): string {
  // At one go: half the time of an object that is fed.
  return hash('sha256', key)
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
