// What stations run against what they should, over HTTP: their alarms, and how far a rollback has come.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { procedureId } from '../domain/ids.ts'
import { reverting } from '../domain/reverting.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import { alarmView } from '../domain/station-alarms/alarm.ts'
import { stationState } from '../domain/station-alarms/station-state.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

type Deps = { service: Service; authentication: Authentication }

const alarmJson = snakeCaseSchema(alarmView)
const noes = { 404: errorBody, 409: errorBody, 422: errorBody }
const oneProcedure = z.object({ id: procedureId })

export function stationAlarmRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  const tags = ['station alarms']

  app.get(
    '/api/v1/procedures/:id/stations',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'What each station of a procedure runs against what it should',
        description:
          'desired: the pin; pulled: the last acknowledgement; ran: the last run. Only evidence proves the desired build.',
        params: oneProcedure,
        response: { 200: z.object({ data: z.array(snakeCaseSchema(stationState)) }), ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = oneProcedure.parse(request.params)
      const states = await service.stationStates(id)
      if (states === null) throw noProcedure(id)
      return { data: states.map(snakeCase) }
    },
  )

  app.get(
    '/api/v1/procedures/:id/reverting',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'How far the latest rollback has come: told, pulled and proven back, per station',
        params: oneProcedure,
        response: { 200: snakeCaseSchema(reverting), ...noes },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = oneProcedure.parse(request.params)
      if (!(await service.procedure(id))) throw noProcedure(id)
      const found = await service.reverting(id)
      if (!found)
        throw new HttpNo(
          404,
          'not_found',
          'This procedure was never rolled back. The way back of an aborted rollout stands in GET /api/v1/rollouts/{id}.',
        )
      return snakeCase(found)
    },
  )

  const alarmsQuery = z.object({
    open: z.enum(['true', 'false']).optional(),
    procedure_id: procedureId.optional(),
    limit: z.coerce.number().int().min(1).max(1000).optional(),
  })
  app.get(
    '/api/v1/station-alarms',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Alarms of stations, open ones first',
        querystring: alarmsQuery,
        response: { 200: z.object({ data: z.array(alarmJson) }) },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { open, procedure_id, limit } = alarmsQuery.parse(request.query)
      const alarms = await service.stationAlarms({
        ...(open === undefined ? {} : { open: open === 'true' }),
        ...(procedure_id === undefined ? {} : { procedureId: procedure_id }),
        ...(limit === undefined ? {} : { limit }),
      })
      return { data: alarms.map(snakeCase) }
    },
  )

  const oneAlarm = z.object({ id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
  const acknowledgement = z.strictObject({
    reason: z.string().trim().min(1, 'expected a reason').max(2000),
  })
  app.post(
    '/api/v1/station-alarms/:id/acknowledge',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Acknowledge an alarm of a station, with a reason',
        description: 'Closes it. The same facts do not open it again; new ones do.',
        params: oneAlarm,
        body: acknowledgement,
        response: { 200: z.object({ did: z.string(), alarm: alarmJson }), ...noes },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = oneAlarm.parse(request.params)
      const { reason } = acknowledgement.parse(request.body)
      const done = await service.acknowledgeAlarms([id], reason, by)
      if (isRefusal(done)) return reply.code(refusalStatus[done.refused]).send(refusalBody(done))
      return { did: done.did, alarm: snakeCase(done.alarms[0]) }
    },
  )
}

function noProcedure(id: string): HttpNo {
  return new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
}
