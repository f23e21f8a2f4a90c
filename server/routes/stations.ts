// Stations over HTTP: registered, held, linked to procedures.
import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { pinStations, unpinStation } from '../../db/pins.ts'
import {
  addStation,
  addStationKey,
  allStations,
  changeStation,
  keyPrefixes,
  linkStation,
  pinnedDeployment,
  procedureById,
  type Station,
  stationByName,
  unlinkStation,
} from '../../db/registry.ts'
import { type ProcedureId, procedureId, type StationId, stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { type Authentication, hashKey } from './authentication.ts'
import { HttpNo } from './errors.ts'
import { theProcedure, theStation } from './lookup.ts'
import { name, words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const stationBody = z.strictObject({
  name: name,
  site: words(100).default(''),
  line: words(100).default(''),
  tags: z.array(words(100)).max(50).default([]),
  procedure_ids: z.array(procedureId).max(200).default([]),
})

const stationChange = z.strictObject({
  site: words(100).optional(),
  line: words(100).optional(),
  tags: z.array(words(100)).max(50).optional(),
  /** Null gives it back to rollouts. */
  held_reason: words(500).nullish(),
})

export function stationRoutes(app: FastifyInstance, { database, authentication, now, changed }: Deps): void {
  const { db } = database
  const transaction = <T>(work: (tx: Db) => Promise<T>) => db.transaction((tx) => work(tx))
  const tags = ['registry']

  app.get('/api/v1/stations', { schema: { tags, summary: 'All stations' } }, async (request) => {
    authentication.admin(request)
    const stations = await allStations(db)
    const prefixes = await keyPrefixes(
      db,
      stations.map(({ id }) => id),
    )
    return { data: stations.map((station) => stationJson(station, prefixes.get(station.id) ?? null)) }
  })

  app.post(
    '/api/v1/stations',
    {
      schema: {
        tags,
        summary: 'Register a station',
        description: 'Answers with its key, once: it is kept as a hash only.',
        body: stationBody,
      },
    },
    async (request, reply) => {
      authentication.admin(request)
      const { procedure_ids, ...body } = stationBody.parse(request.body)
      for (const id of procedure_ids) await theProcedure(database, id)
      const key = `fps_${randomBytes(24).toString('base64url')}`
      const added = await transaction(async (tx) => {
        const station = await addStation(tx, {
          id: stationId.parse(randomUUID()),
          ...body,
          createdAt: new Date(now()),
        })
        if (!station) return null
        await addStationKey(tx, {
          hash: hashKey(key),
          stationId: station.id,
          prefix: key.slice(0, 8),
          createdAt: station.createdAt,
        })
        for (const id of procedure_ids) await link(tx, id, station.id)
        return station
      })
      if (!added)
        throw new HttpNo(409, 'taken', `There is already a station "${body.name}".`, {
          id: (await stationByName(db, body.name))?.id,
        })
      for (const id of procedure_ids) changed(id)
      return reply.code(201).send({ ...stationJson(added, key.slice(0, 8)), key })
    },
  )

  const oneStation = z.object({ id: stationId })
  app.patch(
    '/api/v1/stations/:id',
    {
      schema: {
        tags,
        summary: 'Change a station, or hold it out of rollouts',
        params: oneStation,
        body: stationChange,
      },
    },
    async (request) => {
      authentication.admin(request)
      const { held_reason, ...rest } = stationChange.parse(request.body)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const given = Object.entries(rest).filter(([, value]) => value !== undefined)
      const change: Partial<Station> = {
        ...Object.fromEntries(given),
        ...(held_reason === undefined ? {} : { heldReason: held_reason }),
      }
      const station =
        Object.keys(change).length === 0
          ? await theStation(database, id)
          : await changeStation(db, id, change)
      return station && stationJson(station, (await keyPrefixes(db, [id])).get(id) ?? null)
    },
  )

  const linkOf = z.object({ id: procedureId, stationId })
  app.post(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: { tags, summary: 'Let a station run a procedure', params: linkOf, response: { 204: z.null() } },
    },
    async (request, reply) => {
      authentication.admin(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(database, ids.id)
      await theStation(database, ids.stationId)
      await transaction((tx) => link(tx, ids.id, ids.stationId))
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: {
        tags,
        summary: 'Take a procedure off a station',
        params: linkOf,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      authentication.admin(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(database, ids.id)
      await theStation(database, ids.stationId)
      await transaction(async (tx) => {
        await unlinkStation(tx, ids.id, ids.stationId)
        await unpinStation(tx, ids.id, ids.stationId, now())
      })
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )

  /** A station that joins runs the active build; a live rollout takes it in at its next stage. */
  async function link(tx: Db, procedure: ProcedureId, station: StationId): Promise<void> {
    await linkStation(tx, procedure, station, new Date(now()))
    const active = (await procedureById(tx, procedure))?.activeDeploymentId
    if (active && (await pinnedDeployment(tx, procedure, station)) === null)
      await pinStations(tx, {
        procedureId: procedure,
        stations: [station],
        deploymentId: active,
        rolloutId: null,
        now: now(),
      })
  }
}

function stationJson(station: Station, keyPrefix: string | null) {
  return {
    id: station.id,
    name: station.name,
    site: station.site,
    line: station.line,
    tags: station.tags,
    key_prefix: keyPrefix,
    held_reason: station.heldReason,
    busy: station.busy,
    last_seen_at: station.lastSeenAt?.toISOString() ?? null,
    created_at: station.createdAt.toISOString(),
  }
}
