// Runs from stations: one, or a batch with an answer for each.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../db/client.ts'
import { stationById } from '../../db/registry.ts'
import { runsKeptSince } from '../../db/run-deletion.ts'
import { type UnitRun, unitRuns } from '../../db/unit-runs.ts'
import { breather } from '../breather.ts'
import { clockText } from '../domain/clock-ahead.ts'
import { procedureId, type StationId, stationId } from '../domain/ids.ts'
import { type RunInput, runInput, unitOf } from '../domain/run.ts'
import { isOldRun } from '../domain/tofupilot/old-run.ts'
import type { Received, Stored } from '../ingest.ts'
import type { Authentication } from './authentication.ts'
import { demands, demandsStationOr } from './demands.ts'
import { answerTo, HttpNo, sendError } from './errors.ts'
import { theProcedure } from './lookup.ts'
import { expectOwn } from './own-station.ts'
import { plainJson, sendForeignError } from './tofupilot/errors.ts'
import type { TakeOldRun } from './tofupilot/old-runs.ts'

type Deps = {
  database: Database
  authentication: Authentication
  take: (received: Received[]) => Promise<Stored[]>
  takeOldRun: TakeOldRun
}

const batchLimit = 1_000
const megabyte = 1_048_576

export function runRoutes(app: FastifyInstance, deps: Deps): void {
  const { database, authentication, take, takeOldRun } = deps
  app.post(
    '/api/v1/runs',
    {
      bodyLimit: 8 * megabyte,
      schema: {
        tags: ['stations'],
        security: demandsStationOr('report'),
        summary: 'Report a run',
        description:
          'The same run sent twice is stored once and answered with the same id. Times without a zone are taken as UTC. A body with unit_under_test is a run of TofuPilot’s version 1, and is answered as its clients expect.',
        body: z
          .any()
          .describe(
            'A run: procedure_id, serial_number, outcome, started_at, ended_at; deployment_id is best sent too.',
          ),
        response: {
          200: z.object({
            id: z.uuid(),
            message: z.string().optional(),
            warnings: z.array(z.string()).optional(),
          }),
        },
      },
      errorHandler: sendRunError,
      onSend: async (request, reply) => {
        if (isOldRun(request.body) || !wasRead(request)) plainJson(reply)
      },
    },
    async (request) => {
      if (isOldRun(request.body)) return takeOldRun(request)
      const station = await reporter(request, request.body)
      const parsed = runInput.safeParse(request.body)
      if (!parsed.success)
        throw new HttpNo(422, 'invalid', faults(parsed.error), { issues: issues(parsed.error) })
      const [answer] = await take([
        {
          input: parsed.data,
          stationId: station,
          deploymentHeader: header(request),
          bytes: bytesOf(request),
        },
      ])
      if (!answer || 'refused' in answer)
        throw new HttpNo(404, 'not_found', answer?.refused ?? 'The run was not stored.')
      if ('fault' in answer) throw answer.fault
      return { id: answer.id, ...warned(parsed.data, answer) }
    },
  )

  app.post(
    '/api/v1/runs/batch',
    {
      bodyLimit: 64 * megabyte,
      schema: {
        tags: ['stations'],
        security: demandsStationOr('report'),
        summary: 'Report up to 1,000 runs',
        description: 'Answers 207 with a result for each run, in order: a bad run never loses the others.',
        body: z.object({ runs: z.array(z.any()).min(1).max(batchLimit) }),
        response: {
          207: z.object({
            results: z.array(
              z.object({
                status: z.int(),
                id: z.uuid().optional(),
                warnings: z.array(z.string()).optional(),
                error: z
                  .object({ code: z.string(), message: z.string(), issues: z.array(z.any()).optional() })
                  .optional(),
              }),
            ),
          }),
        },
      },
    },
    async (request, reply) => {
      const { runs } = z.object({ runs: z.array(z.unknown()) }).parse(request.body)
      if (!authentication.isCaller(request)) await authentication.station(request)
      const results: unknown[] = []
      const good: { place: number; received: Received }[] = []
      const bytes = bytesOf(request) / runs.length
      const breathe = breather()
      const known = new Map<string, StationId>()
      for (const [place, body] of runs.entries()) {
        await breathe()
        const parsed = runInput.safeParse(body)
        if (!parsed.success) {
          results[place] = {
            status: 422,
            error: { code: 'invalid', message: faults(parsed.error), issues: issues(parsed.error) },
          }
          continue
        }
        const station = await reporter(request, body, known).catch((error: unknown) =>
          error instanceof HttpNo ? error : Promise.reject(error),
        )
        if (station instanceof HttpNo)
          results[place] = {
            status: station.statusCode,
            error: { code: station.code, message: station.message },
          }
        else
          good.push({
            place,
            received: { input: parsed.data, stationId: station, deploymentHeader: header(request), bytes },
          })
      }
      const answers = await take(good.map((each) => each.received))
      for (const [index, { place, received }] of good.entries()) {
        results[place] = resultOf(answers[index], received.input, request)
      }
      return reply.code(207).send({ results })
    },
  )

  const unitParams = z.object({ id: procedureId, serial: z.string().min(1).max(1000) })
  app.get(
    '/api/v1/procedures/:id/units/:serial/runs',
    {
      schema: {
        tags: ['registry'],
        security: demands('read'),
        summary: 'All runs of a unit, with the rank of each attempt',
        description:
          'Oldest first. An aborted run consumes no attempt, nor does a shadow run. Ranks begin anew each day where the procedure counts by day. Serial numbers compare case-insensitively. Runs that started before meta.kept_since were deleted; null: none was.',
        params: unitParams,
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id, serial } = unitParams.parse(request.params)
      const procedure = await theProcedure(database, id)
      const keptSince = await runsKeptSince(database.db)
      return {
        data: (await unitRuns(database.db, id, unitOf(serial), procedure)).map(runJson),
        meta: { kept_since: keptSince === null ? null : new Date(keptSince).toISOString() },
      }
    },
  )

  /**
   * The station whose run it is: by its key, or named by whoever may report for all.
   * @param known those of the same request that were looked up before.
   */
  async function reporter(
    request: FastifyRequest,
    body: unknown,
    known: Map<string, StationId> = new Map(),
  ): Promise<StationId> {
    const isCaller = authentication.isCaller(request)
    const named = isCaller ? z.object({ station_id: stationId }).safeParse(body) : null
    if (named && !named.success)
      throw new HttpNo(
        422,
        'invalid',
        'station_id: expected the id of a station, since an API token is no station itself',
      )
    const key = named ? named.data.station_id : 'own'
    const before = known.get(key)
    if (before) {
      if (!named) expectOwn({ id: before }, body)
      return before
    }
    const station = named
      ? await stationById(database.db, named.data.station_id)
      : await authentication.station(request)
    if (!station) throw new HttpNo(404, 'not_found', `There is no station ${key}.`)
    known.set(key, station.id)
    if (!named) expectOwn(station, body)
    return station.id
  }
}

/** In the shape of the client that sent it; of a body that could not be read nobody knows whose it is: both can read it. */
function sendRunError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (isOldRun(request.body)) return sendForeignError(error, request, reply)
  return sendError(error, request, reply, (message) => (wasRead(request) ? {} : { error: { message } }))
}

function wasRead({ body }: FastifyRequest): boolean {
  return body !== undefined && body !== null
}

function resultOf(answer: Stored | undefined, input: RunInput, request: FastifyRequest) {
  if (answer && 'id' in answer) return { status: 200, id: answer.id, ...warned(input, answer) }
  if (!answer || 'refused' in answer)
    return {
      status: 404,
      error: { code: 'not_found', message: answer?.refused ?? 'The run was not stored.' },
    }
  const { status, code, message } = answerTo(answer.fault, request)
  return { status, error: { code, message } }
}

function runJson(run: UnitRun) {
  return {
    id: run.id,
    attempt: run.attempt,
    outcome: run.outcome,
    serial_number: run.serial,
    started_at: new Date(run.startedAt).toISOString(),
    ended_at: new Date(run.endedAt).toISOString(),
    station: run.station,
    deployment: run.deployment,
    attributed_by: run.attributedBy,
    shadow: run.shadow,
  }
}

function warned(
  { started_at, ended_at }: RunInput,
  { clockAheadMs }: { clockAheadMs?: number },
): { warnings?: string[] } {
  const warnings = [
    ...(started_at.zoneless || ended_at.zoneless ? ['times without a zone were taken as UTC'] : []),
    ...(clockAheadMs === undefined
      ? []
      : [`the station's clock is ${clockText(clockAheadMs)}: the run ended after it arrived; it is stored`]),
  ]
  return warnings.length === 0 ? {} : { warnings }
}

function header(request: FastifyRequest): string | null {
  const value = request.headers['x-deployment-id']
  return typeof value === 'string' ? value : null
}

/** Nothing where a client does not say it: then a run weighs as a small one. */
function bytesOf(request: FastifyRequest): number {
  return Number(request.headers['content-length'] ?? 0)
}

function issues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
}

function faults(error: z.ZodError): string {
  return issues(error)
    .map((issue) => (issue.path ? `${issue.path}: ${issue.message}` : issue.message))
    .join('; ')
}
