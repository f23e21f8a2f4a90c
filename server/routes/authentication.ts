// Who is asking: people and programs by an API token or the root token, stations by their own key.
import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { KeyedToken } from '../../db/api-tokens.ts'
import type { Actor } from '../domain/actor.ts'
import type { ProcedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { allows, type Scope } from '../domain/scopes.ts'
import type { KnownStation } from '../known-station.ts'
import type { StationSnapshot } from '../station-snapshot.ts'
import type { TokenSnapshot } from '../token-snapshot.ts'
import type { Demand } from './demands.ts'
import { HttpNo } from './errors.ts'

export type Authentication = ReturnType<typeof authentication>

export const tokenStart = 'fpt_'
/** Keys of stations begin so. */
export const keyStart = 'fps_'

type Caller = { actor: Actor; procedures: ProcedureId[] | null }

/**
 * Who was let in, told from the door to the route. On the request itself: of maps beside it, which forget a request when
 * it is forgotten, the collector has to look through every entry each time.
 */
declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
    reporter: KnownStation | null
  }
}

export function authentication({
  stations,
  tokens,
  adminToken,
  proceduresAsked,
  now,
}: {
  stations: Pick<StationSnapshot, 'byKey' | 'used'>
  tokens: Pick<TokenSnapshot, 'byHash' | 'used'>
  adminToken: string
  /** Which procedures a request is about; null: all, or nobody can tell. */
  proceduresAsked: (request: FastifyRequest) => Promise<ProcedureId[] | null>
  now: () => Instant
}) {
  const rootDigest = hash('sha256', adminToken, 'buffer')
  const mayBeRoot = (token: string) => adminToken.startsWith(keyStart) || !token.startsWith(keyStart)
  // A station's key is hashed once, to be looked up: a second time was a twentieth of a poll.
  const isRoot = (token: string) =>
    mayBeRoot(token) && timingSafeEqual(hash('sha256', token, 'buffer'), rootDigest)

  async function callerBy(token: string, needed: Scope, request: FastifyRequest): Promise<Caller> {
    if (isRoot(token)) return { actor: rootActor(request), procedures: null }
    const found = token.startsWith(tokenStart) ? await tokens.byHash(hashKey(token)) : null
    if (!found) throw await notAToken(token, needed)
    if (found.endsAt !== null && found.endsAt <= now()) throw ended(found, found.endsAt)
    tokens.used(found)
    if (!allows(found.scopes, needed)) throw lacks(found, needed)
    const { id, name, procedures } = found
    return { actor: { kind: 'program', id, name, door: doorOf(request) }, procedures }
  }

  async function notAToken(token: string, needed: Scope): Promise<HttpNo> {
    const station = token.startsWith(tokenStart) ? null : await stations.byKey(hashKey(token))
    const expected = `an API token (${tokenStart}…) with the scope "${needed}", or ADMIN_TOKEN`
    if (!station || isOver(station)) return unauthorised(expected)
    return new HttpNo(
      403,
      'not_allowed',
      `Stations may not ask for this: expected ${expected}, got a station key.`,
      {
        needed,
      },
    )
  }

  /** At once for a station that is known. */
  function stationBy(token: string | null): KnownStation | Promise<KnownStation> {
    const found = token === null ? null : stations.byKey(hashKey(token))
    return found instanceof Promise ? found.then(letIn) : letIn(found)
  }

  function letIn(station: KnownStation | null): KnownStation {
    if (!station) throw unauthorised('a station key')
    if (station.endsAt === null || station.endsAt > now()) return station
    throw new HttpNo(
      401,
      'unauthorized',
      `This key was revoked on ${new Date(station.endsAt).toISOString()}: ask for a new one.`,
    )
  }

  function noteUse(station: KnownStation): KnownStation {
    stations.used(station)
    return station
  }

  async function admitCaller(
    token: string | null,
    needed: Scope | null,
    request: FastifyRequest,
  ): Promise<void> {
    if (needed === null)
      throw new HttpNo(
        403,
        'not_allowed',
        'Only a station may ask for this: expected its own key, got a token of people and programs.',
      )
    if (token === null)
      throw unauthorised(`an API token (${tokenStart}…) with the scope "${needed}", or ADMIN_TOKEN`)
    request.caller = await callerBy(token, needed, request)
  }

  async function expectOwnProcedures(
    request: FastifyRequest,
    name: string,
    own: ProcedureId[],
  ): Promise<void> {
    const asked = await proceduresAsked(request)
    if (asked?.every((id) => own.includes(id))) return
    const came = asked === null ? 'something that is not of one procedure alone' : asked.join(', ')
    throw new HttpNo(
      403,
      'not_allowed',
      `The token "${name}" is limited to the procedures ${own.join(', ')}, and this is about ${came}.`,
    )
  }

  const isOver = ({ endsAt }: KnownStation) => endsAt !== null && endsAt <= now()

  return {
    /**
     * Before anything of a request is read: lets in whoever has what its route demands, at once a station that is known.
     * @throws 401 without a token or key that opens anything, 403 without the scope, or with the wrong kind of key.
     */
    admit(request: FastifyRequest, demand: Demand): Promise<void> | undefined {
      const token = bearer(request)
      const isOfPeople = token !== null && (isRoot(token) || token.startsWith(tokenStart))
      if (!demand.isForStations || isOfPeople) return admitCaller(token, demand.scope, request)
      const station = stationBy(token)
      if (!(station instanceof Promise)) request.reporter = station
      else
        return station.then((found) => {
          request.reporter = found
        })
    },
    /** Once a request is read. @throws 403 when its token is limited to other procedures. */
    admitToProcedures(request: FastifyRequest): Promise<void> | undefined {
      const { caller } = request
      if (caller && caller.procedures !== null)
        return expectOwnProcedures(request, caller.actor.name, caller.procedures)
    },
    /** Who was let in as a person or a program. */
    caller(request: FastifyRequest): Actor {
      const { caller } = request
      if (!caller) throw new Error(`${request.routeOptions.url} asks who was let in, but demands no token`)
      return caller.actor
    },
    isCaller: ({ caller }: FastifyRequest): boolean => caller !== null,
    /** Of a route that is open and says more to who may read everything. @throws 401 or 403 for a token without that. */
    async mayReadAll(request: FastifyRequest): Promise<boolean> {
      const token = bearer(request)
      return token !== null && (await callerBy(token, 'read', request)).procedures === null
    },
    /** @throws 401 unless the request carries the key of a station that has not ended. */
    station(request: FastifyRequest): KnownStation | Promise<KnownStation> {
      // Polls come by the thousand: who has just been let in is not looked up again, once.
      const found = request.reporter ?? stationBy(bearer(request))
      // Whoever asks again may have waited: a key can end meanwhile.
      request.reporter = null
      return found instanceof Promise ? found.then(noteUse) : noteUse(found)
    },
  }
}

/** The name that the root token acts under may be told in X-Actor-Name. A token has a name of its own. */
function rootActor(request: FastifyRequest): Actor {
  const named = request.headers['x-actor-name']
  const name = typeof named === 'string' && named.trim() !== '' ? named.trim().slice(0, 100) : 'API'
  return { kind: 'program', id: 'admin token', name, door: doorOf(request) }
}

function doorOf({ headers }: FastifyRequest): 'command line' | 'api' {
  return headers['x-actor-door'] === 'command line' ? 'command line' : 'api'
}

function ended({ name, revokedWhy }: KeyedToken, endsAt: Instant): HttpNo {
  const why = revokedWhy === null ? 'is over' : `was revoked (${revokedWhy})`
  return new HttpNo(
    401,
    'unauthorized',
    `This token of "${name}" ${why} since ${new Date(endsAt).toISOString()}: ask an administrator for a new one.`,
  )
}

function lacks({ name, scopes }: KeyedToken, needed: Scope): HttpNo {
  return new HttpNo(
    403,
    'not_allowed',
    `Expected a token with the scope "${needed}"; "${name}" has ${scopes.join(', ')}. Ask an administrator for one that has it.`,
    { needed, has: scopes },
  )
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

function unauthorised(expected: string): HttpNo {
  return new HttpNo(401, 'unauthorized', `Expected ${expected} as "Authorization: Bearer …".`)
}
