// What stations ask and acknowledge: assignments, pickups, heartbeats.
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { recordPickup } from '../../db/pickups.ts'
import { assignmentsOf, notePinsServed } from '../../db/pins.ts'
import { changeStation, deploymentById, isLinked, type Station } from '../../db/registry.ts'
import { keepErrors } from '../../db/station-errors.ts'
import { aheadByHeartbeat, isOff } from '../domain/clock-ahead.ts'
import type { ProcedureId } from '../domain/ids.ts'
import { deploymentId, procedureId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { readTime } from '../domain/time-text.ts'
import type { PinWaiters } from '../pin-waiters.ts'
import type { Authentication } from './authentication.ts'
import { HttpNo } from './errors.ts'
import { expectOwn } from './own-station.ts'

type Deps = {
  database: Database
  authentication: Authentication
  waiters: PinWaiters
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const longestWaitSeconds = 60

const mostFields = 100
const mostBytes = 16_384

/** What a station tells of itself: kept of every station and read at every look at a rollout, so it stays small. */
const told = z.record(z.string(), z.unknown()).superRefine((fields, context) => {
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
  const { database, authentication, waiters, now, changed } = deps

  app.get(
    '/api/v1/stations/me/assignments',
    {
      schema: {
        tags: ['stations'],
        summary: 'What this station should run',
        description:
          'The pins of all its procedures. Send the ETag back as If-None-Match for a 304; with wait the answer comes as soon as a pin changes, at the latest after that many seconds.',
        querystring: z.object({ wait: z.coerce.number().min(0).max(longestWaitSeconds).default(0) }),
      },
    },
    async (request, reply) => {
      const station = await authentication.station(request)
      const { wait } = z.object({ wait: z.coerce.number() }).parse(request.query)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const until = performance.now() + wait * 1000
      const known = request.headers['if-none-match']
      const listen = () => waiters.wait(station.id, until - performance.now(), gone.signal)
      // Listening starts before reading: a pin that changes in between is not slept through.
      let changed = wait > 0 ? listen() : Promise.resolve(false)
      let answer = await assignments(station)
      while (sameTag(known, answer.tag) && (await changed)) {
        changed = listen()
        // A key that was revoked while its poll waited is told nothing more.
        await authentication.station(request)
        answer = await assignments(station)
      }
      gone.abort()
      reply.header('etag', answer.tag).header('cache-control', 'no-cache')
      if (sameTag(request.headers['if-none-match'], answer.tag)) return reply.code(304).send()
      return reply.type('application/json').send(answer.body)
    },
  )

  async function assignments(station: Station): Promise<{ body: string; tag: string }> {
    await notePinsServed(database.db, station.id, now())
    const pins = await assignmentsOf(database.db, station.id)
    const body = JSON.stringify({
      station: { id: station.id, name: station.name },
      assignments: pins.map((pin) => ({
        procedure_id: pin.procedureId,
        procedure_name: pin.procedureName,
        deployment: pin.deployment && {
          id: pin.deployment.id,
          version: pin.deployment.version,
          commit_sha: pin.deployment.commitSha,
          artifact_url: pin.deployment.artifactUrl,
          artifact_sha256: pin.deployment.artifactSha256,
        },
      })),
    })
    return { body, tag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
  }

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
        summary: 'Say what the station is doing',
        description:
          'busy with run_started_at while a run is going: runs that started later are not judged before it has ended. telemetry and checks are what telemetry gates read, as of the last heartbeat: a field left out is unknown from then on.',
        body: heartbeatBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const station = await authentication.station(request)
      expectOwn(station, request.body)
      const body = heartbeatBody.parse(request.body)
      const at = now()
      const said = {
        sentAt: body.sent_at ? (readTime(body.sent_at)?.at ?? null) : null,
        runStartedAt: body.busy && body.run_started_at ? (readTime(body.run_started_at)?.at ?? null) : null,
      }
      const clockAheadMs = aheadByHeartbeat(said, station.clockAheadMs, at)
      // By the service's clock: what runs now has begun before now, whatever the station's clock says.
      const started = (said.runStartedAt ?? at) - (isOff(clockAheadMs) ? clockAheadMs : 0)
      await changeStation(database.db, station.id, {
        busy: body.busy,
        runStartedAt: body.busy ? new Date(Math.min(started, at)) : null,
        clockAheadMs,
        heartbeatAt: new Date(at),
        lastSeenAt: new Date(at),
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

/** Weak comparison: the tag of any form, in any place of the list. */
function sameTag(header: string | undefined, tag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '')
  return (header ?? '').split(',').some((each) => bare(each) === bare(tag) || each.trim() === '*')
}
