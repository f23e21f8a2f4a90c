// Stations as people look them up.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { allStations } from '../../db/registry.ts'
import { keyPrefixes } from '../../db/station-keys.ts'
import { stationRecord } from '../../db/station-record.ts'
import { stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import type { Authentication } from './authentication.ts'
import { theStation } from './lookup.ts'
import { stationJson } from './station-json.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

export function stationLookupRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const { db } = database
  const tags = ['registry']
  const oneStation = z.object({ id: stationId })

  app.get('/api/v1/stations', { schema: { tags, summary: 'All stations' } }, async (request) => {
    authentication.admin(request)
    const stations = await allStations(db)
    const ids = stations.map(({ id }) => id)
    const prefixes = await keyPrefixes(db, ids)
    return { data: stations.map((station) => stationJson(station, prefixes.get(station.id) ?? null, now())) }
  })

  app.get(
    '/api/v1/stations/:id/events',
    {
      schema: {
        tags,
        summary: 'What people did with a station: who, when and why',
        description: 'Newest first: registered, changed, keys, holds, exclusions, experiments.',
        params: oneStation,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      },
    },
    async (request) => {
      authentication.admin(request)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const { limit } = z.object({ limit: z.coerce.number() }).parse(request.query)
      const events = await stationRecord(db, id, limit)
      return {
        data: events.map(({ type, body, by, why, at }) => ({ type, body, by, why, at: at.toISOString() })),
      }
    },
  )
}
