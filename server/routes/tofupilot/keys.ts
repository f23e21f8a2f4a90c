// The two kinds of keys of TofuPilot: a user's, which is an API token here, and a station's own.
import type { FastifyRequest } from 'fastify'
import type { KnownStation } from '../../known-station.ts'
import type { StationPace } from '../../station-pace.ts'
import type { Authentication } from '../authentication.ts'
import { asksTooOften } from '../too-often.ts'

export function keys(authentication: Authentication, pace: StationPace) {
  return {
    isUser: authentication.isCaller,
    user: authentication.caller,
    station: authentication.station,
    /** The same of a question that a station repeats. @throws 429 when it does so too often. */
    async asking(request: FastifyRequest): Promise<KnownStation> {
      const station = await authentication.station(request)
      if (pace.early(station.id) > 0) throw asksTooOften()
      return station
    },
  }
}
export type Keys = ReturnType<typeof keys>
