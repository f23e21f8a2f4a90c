// The two kinds of keys of TofuPilot: a user's, which is the admin token here, and a station's own.
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../domain/actor.ts'
import type { KnownStation } from '../../known-station.ts'
import type { StationPace } from '../../station-pace.ts'
import type { Authentication } from '../authentication.ts'
import { HttpNo } from '../errors.ts'
import { asksTooOften } from '../too-often.ts'

export function keys(authentication: Authentication, pace: StationPace) {
  const own = {
    isUser: authentication.isAdmin,
    /** @throws 403 when it is a station's, 401 when it is nobody's. */
    async user(request: FastifyRequest): Promise<Actor> {
      if (authentication.isAdmin(request)) return authentication.admin(request)
      await authentication.station(request)
      throw new HttpNo(
        403,
        'forbidden',
        'Stations may not ask for this: expected the admin token (ADMIN_TOKEN).',
      )
    },
    /** @throws 403 when it is a user's, 401 when it is nobody's. */
    async station(request: FastifyRequest): Promise<KnownStation> {
      if (authentication.isAdmin(request))
        throw new HttpNo(
          403,
          'forbidden',
          'Only a station may ask for this: expected its own key, got the admin token.',
        )
      return authentication.station(request)
    },
  }
  return {
    ...own,
    /** The same of a question that a station repeats. @throws 429 when it does so too often. */
    async asking(request: FastifyRequest): Promise<KnownStation> {
      const station = await own.station(request)
      if (pace.early(station.id) > 0) throw asksTooOften()
      return station
    },
  }
}
export type Keys = ReturnType<typeof keys>
