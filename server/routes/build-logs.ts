// What builds say while they are made, over HTTP.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addLogLines, logLines, mostLogLines } from '../../db/build-logs.ts'
import type { Database, Db } from '../../db/client.ts'
import { deploymentId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import { readTime } from '../domain/time-text.ts'
import type { Authentication } from './authentication.ts'
import { demands } from './demands.ts'
import { errorBody } from './errors.ts'
import { theDeployment } from './lookup.ts'
import { words } from './words.ts'

type Deps = { database: Database; authentication: Authentication; now: () => Instant }

const level = z.enum(['debug', 'info', 'warning', 'error'])
const line = z.strictObject({
  level: level.default('info'),
  time: z
    .string()
    .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
    .optional()
    .describe('When it was said; now when absent.'),
  message: words(4000),
})
const linesBody = z.strictObject({ lines: z.array(line).min(1).max(1000) })
const query = z.object({
  after: z.coerce.number().int().min(0).default(0).describe('Only lines after the one with this id.'),
  level: level.default('debug').describe('Only lines of this level and above.'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})

export function buildLogRoutes(app: FastifyInstance, { database, authentication, now }: Deps): void {
  const tags = ['registry']
  const one = z.object({ id: deploymentId })
  const url = '/api/v1/deployments/:id/logs'

  app.post(
    url,
    {
      schema: {
        tags,
        security: demands('deploy'),
        summary: 'Add lines to the log of a build',
        description: `They are kept whatever becomes of the build: the newest ${mostLogLines.toLocaleString('en')} of each.`,
        params: one,
        body: linesBody,
        response: {
          201: z.object({ added: z.int(), dropped: z.int().describe('Older lines that made room.') }),
          404: errorBody,
        },
      },
    },
    async (request, reply) => {
      authentication.caller(request)
      const build = await theDeployment(database, one.parse(request.params).id)
      const lines = linesBody.parse(request.body).lines.map(({ time, ...each }) => ({
        ...each,
        at: new Date(time === undefined ? now() : (readTime(time)?.at ?? now())),
      }))
      const dropped = await database.db.transaction((tx: Db) => addLogLines(tx, build, lines))
      return reply.code(201).send({ added: lines.length, dropped })
    },
  )

  app.get(
    url,
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'The log of a build, in the order it came in',
        params: one,
        querystring: query,
        response: {
          200: z.object({
            data: z.array(z.object({ id: z.int(), at: z.string(), level, message: z.string() })),
            meta: z.object({ has_more: z.boolean(), next_after: z.int() }),
          }),
          404: errorBody,
        },
      },
    },
    async (request) => {
      authentication.caller(request)
      const build = await theDeployment(database, one.parse(request.params).id)
      const { after, level: least, limit } = query.parse(request.query)
      const levels = level.options.slice(level.options.indexOf(least))
      const found = await logLines(database.db, build, { after, levels, limit: limit + 1 })
      const shown = found.slice(0, limit)
      return {
        data: shown.map(({ id, at, level, message }) => ({ id, at: at.toISOString(), level, message })),
        meta: { has_more: found.length > limit, next_after: shown.at(-1)?.id ?? after },
      }
    },
  )
}
