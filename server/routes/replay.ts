// Replays over HTTP: begun, followed, read.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { replayAsked } from '../domain/backtest/replay-asked.ts'
import { procedureId } from '../domain/ids.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody, HttpNo, refusalBody, refusalStatus } from './errors.ts'
import { camelCase, snakeCase } from './snake-case.ts'

type Deps = { service: Pick<Service, 'replays' | 'startReplay'>; authentication: Authentication }

const params = z.object({ id: procedureId })
const body = z.strictObject({
  preset: replayAsked.shape.preset,
  risk_class: replayAsked.shape.riskClass.describe(
    'Whose gates are asked; "policy": those of the procedure now.',
  ),
  days: replayAsked.shape.days.describe('Back from the newest run.'),
  rollouts: replayAsked.shape.rollouts.describe('Starts that are drawn; each is played with every canary.'),
  seed: replayAsked.shape.seed,
})
const stopped = z.looseObject({ replays: z.int(), stopped: z.int(), lower: z.number(), upper: z.number() })
const canary = z.looseObject({
  label: z.string(),
  false_stops: stopped,
  smallest_found: z.object({ half: z.number().nullable(), most: z.number().nullable() }),
})
const report = z.looseObject({
  from: z.number(),
  to: z.number(),
  stations: z.int(),
  runs: z.int(),
  rollouts: z.int(),
  false_stops: stopped,
  alarm_budget: z.number(),
  canaries: z.array(canary),
})
const kept = z
  .looseObject({
    id: z.int(),
    asked: body,
    progress: z.number(),
    ended_at: z.number().nullable(),
    result: z
      .looseObject({
        report: report.nullable(),
        no_report: z.object({ why: z.string(), next: z.string() }).nullable(),
      })
      .nullable(),
    failed_why: z.string().nullable(),
  })
  .describe(
    'With "result": the report (false stops, time and smallest drop found by canary, gates, how far stations wander), and past rollouts judged again. "failed_why" where there is none.',
  )

export function replayRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  const tags = ['history']
  app.get(
    '/api/v1/procedures/:id/replay',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'The last replay of a procedure, and the one under way',
        params,
        response: { 200: z.object({ ended: kept.nullable(), open: kept.nullable() }), 404: errorBody },
      },
    },
    async (request) => {
      authentication.caller(request)
      const { id } = params.parse(request.params)
      const found = await service.replays(id)
      if (!found)
        throw new HttpNo(404, 'not_found', `There is no procedure ${id}. GET /api/v1/procedures lists them.`)
      return snakeCase(found)
    },
  )

  app.post(
    '/api/v1/procedures/:id/replay',
    {
      schema: {
        tags,
        security: demands('configure'),
        summary: 'Replay a plan and gates over stored history',
        description:
          'Plays rollouts that never were: random starts and canaries in a past in which no build changed. It takes seconds to minutes, in a thread of its own; one at a time in each process. GET follows it.',
        params,
        body: body.prefault({}),
        response: {
          202: z.object({ did: z.string(), id: z.int() }),
          404: errorBody,
          409: errorBody,
          422: errorBody,
        },
      },
    },
    async (request, reply) => {
      const by = authentication.caller(request)
      const { id } = params.parse(request.params)
      const asked = replayAsked.parse(camelCase(body.prefault({}).parse(request.body ?? {})))
      const begun = await service.startReplay(id, asked, by)
      if (isRefusal(begun)) {
        const { code, message } = refusalBody(begun)
        throw new HttpNo(refusalStatus[begun.refused], code, message)
      }
      return reply.code(202).send(begun)
    },
  )
}
