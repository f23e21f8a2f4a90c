// What stations tell of themselves: pickups, heartbeats.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { recordPickup } from '../../db/pickups.ts'
import { deploymentById, isLinked } from '../../db/registry.ts'
import { keepErrors } from '../../db/station-errors.ts'
import { clockAhead, keepHeartbeat } from '../../db/station-heartbeat.ts'
import { aheadByHeartbeat, isOff } from '../domain/clock-ahead.ts'
import type { ProcedureId } from '../domain/ids.ts'
import { deploymentId, procedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { isTooDeep, tooDeep } from '../domain/nesting.ts'
import { readTime } from '../domain/time-text.ts'
import type { StationPace } from '../station-pace.ts'
import type { Authentication } from './authentication.ts'
import { demandsStation } from './demands.ts'
import { HttpNo } from './errors.ts'
import { expectOwn } from './own-station.ts'
import { asksTooOften } from './too-often.ts'

type Deps = {
  database: Database
  authentication: Authentication
  pace: StationPace
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const mostFields = 100
const mostBytes = 16_384

/** What a station tells of itself: kept of every station and read at every look at a rollout, so it stays small. */
const told = z
  .record(z.string(), z.unknown())
  .refine((fields) => !isTooDeep(fields), { error: tooDeep, abort: true })
  .superRefine((fields, context) => {
    const count = Object.keys(fields).length
    const bytes = Buffer.byteLength(JSON.stringify(fields))
    if (count > mostFields)
      context.addIssue({ code: 'custom', message: `expected at most ${mostFields} fields, got ${count}` })
    if (bytes > mostBytes)
      context.addIssue({
        code: 'custom',
        message: `expected at most 16 kB of JSON, got ${Math.ceil(bytes / 1024)} kB`,
      })
  })

export function stationProtocolRoutes(app: FastifyInstance, deps: Deps): void {
  const { database, authentication, pace, now, changed } = deps

  /** Only so that it is seen at all: what a body names beside its fields is dropped. */
  const station_id = z.unknown().optional().describe('Its own id, or nothing.')
  const pickupBody = z.object({
    station_id,
    procedure_id: procedureId,
    deployment_id: deploymentId,
    state: z.enum(['pulled', 'running', 'failed']),
    message: z.string().max(2000).nullish(),
  })
  app.post(
    '/api/v1/stations/me/pickups',
    {
      schema: {
        tags: ['stations'],
        security: demandsStation(),
        summary: 'Acknowledge a deployment',
        description:
          'pulled: it is on the station; running: the station runs it from now on; failed: it could not be taken.',
        body: pickupBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const station = await authentication.station(request)
      expectOwn(station, request.body)
      const body = pickupBody.parse(request.body)
      if (!(await isLinked(database.db, body.procedure_id, station.id)))
        throw new HttpNo(
          404,
          'not_found',
          `This station is not linked to procedure ${body.procedure_id}: expected one of its own.`,
        )
      const deployment = await deploymentById(database.db, body.deployment_id)
      if (deployment?.procedureId !== body.procedure_id)
        throw new HttpNo(
          404,
          'not_found',
          `The procedure has no deployment ${body.deployment_id}: expected one from its assignments.`,
        )
      const pickup = {
        procedureId: body.procedure_id,
        stationId: station.id,
        deploymentId: body.deployment_id,
        state: body.state,
        message: body.message ?? null,
      }
      await database.db.transaction((tx) => recordPickup(tx, pickup, now()))
      changed(body.procedure_id)
      return reply.code(204).send(null)
    },
  )

  const time = z
    .string()
    .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
  const ownError = z.object({
    code: z.string().nullish(),
    message: z.string().refine((text) => text.trim() !== '', 'expected a message, got a blank one'),
    procedure_id: procedureId.nullish(),
  })
  const heartbeatBody = z.object({
    station_id,
    busy: z.boolean(),
    run_started_at: time.nullish(),
    sent_at: time.nullish().describe('By the station’s own clock: it tells whether that is off.'),
    error: ownError.nullish().describe('What failed on the station although no unit did.'),
    errors: z.array(ownError).max(100).nullish(),
    telemetry: told.nullish(),
    checks: told.nullish(),
  })
  app.post(
    '/api/v1/stations/me/heartbeats',
    {
      schema: {
        tags: ['stations'],
        security: demandsStation(),
        summary: 'Say what the station is doing',
        description:
          'busy with run_started_at while a run is going: runs that started later are not judged before it has ended. telemetry and checks are what telemetry gates read, as of the last heartbeat: a field left out is unknown from then on.',
        body: heartbeatBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const station = await authentication.station(request)
      if (pace.early(station.id) > 0) throw asksTooOften()
      expectOwn(station, request.body)
      const body = heartbeatBody.parse(request.body)
      const at = now()
      const said = {
        sentAt: body.sent_at ? (readTime(body.sent_at)?.at ?? null) : null,
        runStartedAt: body.busy && body.run_started_at ? (readTime(body.run_started_at)?.at ?? null) : null,
      }
      const known = said.sentAt === null ? await clockAhead(database.db, station.id) : null
      const clockAheadMs = aheadByHeartbeat(said, known, at)
      // By the service's clock: what runs now has begun before now, whatever the station's clock says.
      const started = (said.runStartedAt ?? at) - (isOff(clockAheadMs) ? clockAheadMs : 0)
      await keepHeartbeat(database.db, station.id, {
        at,
        runStartedAt: body.busy ? Math.min(started, at) : null,
        clockAheadMs,
        telemetry: body.telemetry ?? {},
        checks: body.checks ?? {},
      })
      const errors = [...(body.error ? [body.error] : []), ...(body.errors ?? [])].map((each) => ({
        code: each.code?.slice(0, 100) ?? null,
        message: each.message.trim().slice(0, 2000),
        procedureId: each.procedure_id ?? null,
      }))
      await keepErrors(database.db, station.id, errors, at)
      return reply.code(204).send(null)
    },
  )
}
