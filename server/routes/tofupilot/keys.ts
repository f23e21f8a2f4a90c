// The two kinds of keys of TofuPilot: a user's, which is the admin token here, and a station's own.
import type { FastifyRequest } from 'fastify'
import type { Station } from '../../../db/registry.ts'
import type { Actor } from '../../domain/actor.ts'
import type { Authentication } from '../authentication.ts'
import { HttpNo } from '../errors.ts'

export function keys(authentication: Authentication) {
  return {
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
    async station(request: FastifyRequest): Promise<Station> {
      if (authentication.isAdmin(request))
        throw new HttpNo(
          403,
          'forbidden',
          'Only a station may ask for this: expected its own key, got the admin token.',
        )
      return authentication.station(request)
    },
  }
}
export type Keys = ReturnType<typeof keys>
