// Stations as people look them up: where they are, whether they are there, and what they run.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../db/client.ts'
import { type StationProcedure, stationProceduresOf } from '../../db/links.ts'
import { allStations, type Station } from '../../db/registry.ts'
import { alarmViews } from '../../db/station-alarms.ts'
import { recentErrors } from '../../db/station-errors.ts'
import { keyPrefixes } from '../../db/station-keys.ts'
import { stationRecord } from '../../db/station-record.ts'
import { connectionsOf } from '../connections.ts'
import { buildProgress } from '../domain/build-progress.ts'
import { isOff } from '../domain/clock-ahead.ts'
import type { Connection } from '../domain/connection.ts'
import { stationId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { excludedNow, heldNow } from '../domain/takes-part.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody } from './errors.ts'
import { theStation } from './lookup.ts'
import { seenStationAnswer, stationInFullAnswer, type stationProcedureAnswer } from './station-answers.ts'
import { stationJson } from './station-json.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

const statusWords = [
  'connected',
  'silent',
  'never seen',
  'busy',
  'held',
  'excluded',
  'experiment',
  'clock off',
] as const
type StatusWord = (typeof statusWords)[number]

const listQuery = z.object({
  site: z.string().optional(),
  line: z.string().optional(),
  tag: z.string().optional(),
  fixture: z.string().optional(),
  status: z.enum(statusWords).optional(),
  search: z.string().optional().describe('Part of the name, the site or the line.'),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  cursor: z.string().optional().describe('meta.next_cursor of the page before.'),
})
type ListQuery = z.infer<typeof listQuery>

export function stationLookupRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const { db } = database
  const tags = ['registry']
  const oneStation = z.object({ id: stationId })

  app.get(
    '/api/v1/stations',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Stations by name, a page at a time',
        description: 'All filters must hold; they compare without case.',
        querystring: listQuery,
        response: {
          200: z.object({
            data: z.array(seenStationAnswer),
            meta: z.object({ has_more: z.boolean(), next_cursor: z.string().nullable() }),
          }),
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const query = listQuery.parse(request.query)
      const at = now()
      const matching = (await allStations(db)).filter((station) => matches(station, query))
      const after = query.cursor === undefined ? null : Buffer.from(query.cursor, 'base64url').toString()
      const rest = matching.filter(({ name }) => after === null || name.toLowerCase() > after)
      // Who is connected is seen by asking: of all of them only where the question is about that.
      const asked = query.status === undefined ? rest.slice(0, query.limit + 1) : rest
      const connections = await connectionsOf(db, asked, at)
      const found = asked.filter((station) =>
        hasStatus(station, connections.get(station.id), query.status, at),
      )
      const page = found.slice(0, query.limit)
      const last = found.length > page.length ? page.at(-1) : undefined
      return {
        data: await jsons(db, page, connections, at),
        meta: {
          has_more: last !== undefined,
          next_cursor: last ? Buffer.from(last.name.toLowerCase()).toString('base64url') : null,
        },
      }
    },
  )

  app.get(
    '/api/v1/stations/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'A station with all that is known of it',
        description:
          'For each of its procedures three facts, never one: desired (its pin), pulled (what it acknowledged), ran (its latest run). Open alarms, and its latest errors, with builds that it could not take.',
        params: oneStation,
        response: { 200: stationInFullAnswer, 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const station = await theStation(database, oneStation.parse(request.params).id)
      const at = now()
      const connections = await connectionsOf(db, [station], at)
      const [json] = await jsons(db, [station], connections, at)
      const procedures = await stationProceduresOf(db, station.id)
      return {
        ...json,
        telemetry: station.telemetry,
        checks: station.checks,
        procedures: procedures.map(procedureJson),
        alarms: (await alarmViews(db, { stations: [station.id], open: true })).map((alarm) => ({
          id: alarm.id,
          procedure: alarm.procedure,
          kind: alarm.kind,
          since: new Date(alarm.since).toISOString(),
          detail: alarm.detail,
        })),
        errors: (await recentErrors(db, station.id, 20)).map((error) => ({
          at: new Date(error.at).toISOString(),
          code: error.code,
          message: error.message,
          procedure_id: error.procedureId,
          deployment_id: error.deploymentId,
        })),
      }
    },
  )

  app.get(
    '/api/v1/stations/:id/events',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What people did with a station: who, when and why',
        description: 'Newest first: registered, changed, keys, holds, exclusions, experiments.',
        params: oneStation,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = await theStation(database, oneStation.parse(request.params).id)
      const { limit } = z.object({ limit: z.coerce.number() }).parse(request.query)
      const events = await stationRecord(db, id, limit)
      return {
        data: events.map(({ type, body, by, why, at }) => ({ type, body, by, why, at: at.toISOString() })),
      }
    },
  )
}

async function jsons(
  db: Db,
  stations: Station[],
  connections: ReadonlyMap<string, Connection>,
  now: Instant,
): Promise<z.infer<typeof seenStationAnswer>[]> {
  const prefixes = await keyPrefixes(
    db,
    stations.map(({ id }) => id),
  )
  return stations.map((station) => {
    const seen = connections.get(station.id)
    return {
      ...stationJson(station, prefixes.get(station.id) ?? null, now),
      busy: seen?.busy ?? false,
      connection: seen?.state ?? 'never seen',
      last_seen_at: seen?.heardAt ? new Date(seen.heardAt).toISOString() : null,
      site_closed: seen?.isClosed ?? false,
    }
  })
}

function matches(station: Station, { site, line, tag, fixture, search }: ListQuery): boolean {
  const has = (own: string[], asked: string | undefined) =>
    asked === undefined || own.some((one) => one.toLowerCase() === asked.toLowerCase())
  const text = `${station.name}\n${station.site}\n${station.line}`.toLowerCase()
  return (
    has([station.site], site) &&
    has([station.line], line) &&
    has(station.tags, tag) &&
    has(station.fixtures, fixture) &&
    (search === undefined || text.includes(search.trim().toLowerCase()))
  )
}

function hasStatus(
  station: Station,
  seen: Connection | undefined,
  status: StatusWord | undefined,
  now: Instant,
): boolean {
  switch (status) {
    case undefined:
      return true
    case 'connected':
    case 'silent':
    case 'never seen':
      return seen?.state === status
    case 'busy':
      return seen?.busy === true
    case 'held':
      return heldNow(station, now) !== null
    case 'excluded':
      return excludedNow(station, now) !== null
    case 'experiment':
      return station.experiment !== null
    case 'clock off':
      return isOff(station.clockAheadMs)
  }
}

function procedureJson(procedure: StationProcedure): z.infer<typeof stationProcedureAnswer> {
  const { id, name, active, desired, pulled, ran, lastRunAt, rollout } = procedure
  const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString())
  return {
    id,
    name,
    status: buildProgress(procedure),
    active,
    desired: desired && {
      id: desired.id,
      version: desired.version,
      since: iso(desired.since),
      told_at: iso(desired.servedAt),
      rollout_id: desired.rolloutId,
    },
    pulled: pulled && {
      id: pulled.id,
      version: pulled.version,
      state: pulled.state,
      message: pulled.message,
      at: iso(pulled.at),
    },
    ran: ran && {
      id: ran.id,
      version: ran.version,
      run_id: ran.runId,
      outcome: ran.outcome,
      started_at: iso(ran.at),
    },
    last_run_at: iso(lastRunAt),
    rollout,
  }
}
