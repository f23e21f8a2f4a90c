// Stations over HTTP: registered, changed, linked to procedures. None is ever deleted: its runs are of it.

import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { unpinStation } from '../../db/pins.ts'
import {
  addStation,
  changeStation,
  proceduresOf,
  type Station,
  stationByName,
  unlinkStation,
} from '../../db/registry.ts'
import { keyPrefixes } from '../../db/station-keys.ts'
import { recordStation } from '../../db/station-record.ts'
import type { Deliveries } from '../apply-command.ts'
import { type ProcedureId, procedureId, type StationId, stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { linkToRun } from '../link-station.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo } from './errors.ts'
import { theProcedure, theStation } from './lookup.ts'
import { stationAnswer } from './station-answers.ts'
import { stationJson } from './station-json.ts'
import { giveKey, prefixOf } from './station-keys.ts'
import { name, words } from './words.ts'

type Deps = {
  database: Database
  authentication: Authentication
  deliveries: Deliveries
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const place = words(100)
const marks = z.array(words(100)).max(50)

const stationBody = z.strictObject({
  name: name,
  site: place.default(''),
  line: place.default(''),
  tags: marks.default([]),
  fixtures: marks.default([]),
  procedure_ids: z.array(procedureId).max(200).default([]),
})

const stationChange = z.strictObject({
  name: name.optional(),
  site: place.optional(),
  line: place.optional(),
  tags: marks.optional(),
  fixtures: marks.optional(),
  held_reason: words(500)
    .nullish()
    .describe('Holds it until somebody gives it back; null gives it back. PUT …/hold takes an end too.'),
})

/** A name that is taken already is of the station `id`. */
const taken = errorBody.extend({ id: stationId.optional() })
const noes = { 404: errorBody, 409: taken, 422: errorBody }

export function stationRoutes(
  app: FastifyInstance,
  { database, authentication, deliveries, now, changed }: Deps,
): void {
  const { db } = database
  const transaction = <T>(work: (tx: Db) => Promise<T>) => db.transaction((tx) => work(tx))
  const tags = ['registry']

  app.post(
    '/api/v1/stations',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Register a station',
        description: 'Answers with its key, once: it is kept as a hash only.',
        body: stationBody,
        response: { 201: stationAnswer.extend({ key: z.string() }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { procedure_ids, ...body } = stationBody.parse(request.body)
      for (const id of procedure_ids) await theProcedure(database, id)
      const added = await transaction(async (tx) => {
        const station = await addStation(tx, {
          id: stationId.parse(randomUUID()),
          ...body,
          createdAt: new Date(now()),
        })
        if (!station) return null
        const key = await giveKey(tx, station.id, now())
        const { id, createdAt } = station
        await recordStation(tx, { stationId: id, type: 'registered', body, by, at: createdAt })
        for (const id of procedure_ids) await link(tx, id, station.id)
        return { station, key }
      })
      if (!added) throw await nameTaken(body.name)
      for (const id of procedure_ids) changed(id)
      const { station, key } = added
      return reply.code(201).send({ ...stationJson(station, prefixOf(key), now()), key })
    },
  )

  const oneStation = z.object({ id: stationId })
  app.patch(
    '/api/v1/stations/:id',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Rename a station, move it, or change its tags and fixtures',
        description: 'Rollouts that have begun keep the stations they took; those to come look at it anew.',
        params: oneStation,
        body: stationChange,
        response: { 200: stationAnswer, ...noes },
      },
    },
    async (request) => {
      const by = authentication.caller(request)
      const { held_reason, ...rest } = stationChange.parse(request.body)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const namesake = rest.name === undefined ? null : await stationByName(db, rest.name)
      if (rest.name !== undefined && namesake && namesake.id !== id) throw await nameTaken(rest.name)
      const fields = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
      const hold = held_reason === undefined ? {} : { heldReason: held_reason, heldUntil: null }
      const change: Partial<Station> = { ...fields, ...hold }
      const at = new Date(now())
      await transaction(async (tx) => {
        if (Object.keys(change).length > 0) await changeStation(tx, id, change)
        if (Object.keys(fields).length > 0)
          await recordStation(tx, { stationId: id, type: 'changed', body: fields, by, at })
        if (held_reason === undefined) return
        const type = held_reason === null ? 'given back' : 'held'
        await recordStation(tx, { stationId: id, type, by, why: held_reason, at })
      })
      for (const procedure of await proceduresOf(db, id)) changed(procedure)
      return stationJson(await theStation(database, id), (await keyPrefixes(db, [id])).get(id) ?? null, now())
    },
  )

  async function nameTaken(taken: string): Promise<HttpNo> {
    return new HttpNo(409, 'taken', `There is already a station "${taken}".`, {
      id: (await stationByName(db, taken))?.id,
    })
  }

  const linkOf = z.object({ id: procedureId, stationId })
  app.post(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Let a station run a procedure',
        params: linkOf,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(database, ids.id)
      await theStation(database, ids.stationId)
      await transaction(async (tx) => {
        if (!(await link(tx, ids.id, ids.stationId))) return
        await recordStation(tx, { ...ofLink(ids), type: 'linked', by, at: new Date(now()) })
      })
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/v1/procedures/:id/stations/:stationId',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Take a procedure off a station',
        params: linkOf,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const ids = linkOf.parse(request.params)
      await theProcedure(database, ids.id)
      await theStation(database, ids.stationId)
      await transaction(async (tx) => {
        const gone = await unlinkStation(tx, ids.id, ids.stationId)
        await unpinStation(tx, ids.id, ids.stationId, now())
        if (!gone) return
        await recordStation(tx, { ...ofLink(ids), type: 'unlinked', by, at: new Date(now()) })
      })
      changed(ids.id)
      return reply.code(204).send(null)
    },
  )

  const ofLink = (ids: z.infer<typeof linkOf>) => ({
    stationId: ids.stationId,
    body: { procedure_id: ids.id },
  })

  const link = (tx: Db, procedure: ProcedureId, station: StationId) =>
    linkToRun(tx, { procedureId: procedure, stationId: station, now: now() }, deliveries)
}
