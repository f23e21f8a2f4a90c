// Runs by version 2 of TofuPilot's interface: reported, listed, read.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import {
  type FoundRun,
  foundRun,
  foundRuns,
  type RunFilter,
  runSorts,
  runsAt,
} from '../../../db/found-runs.ts'
import { procedureId, runId } from '../../domain/ids.ts'
import { outcomes, unitOf } from '../../domain/run.ts'
import { readTime } from '../../domain/time-text.ts'
import { readRunBody } from '../../domain/tofupilot/run-body.ts'
import { idsOfNumber, runNumber } from '../../domain/tofupilot/run-number.ts'
import { demands, demandsStationOr } from '../demands.ts'
import { HttpNo } from '../errors.ts'
import { faulty } from './errors.ts'
import type { Keys } from './keys.ts'
import { cursor, many, pageLimit } from './query.ts'
import { listedRun, wholeRun } from './run-answer.ts'
import type { TakeRun } from './take-run.ts'

type Deps = { database: Database; keys: Keys; taking: TakeRun; bodyLimit: number }

const time = z
  .string()
  .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
  .optional()

const listQuery = z.object({
  ids: many(runId),
  outcomes: many(z.enum(outcomes)),
  procedure_ids: many(procedureId),
  procedure_versions: many(z.string()),
  deployment_ids: many(z.string()),
  created_by_station_ids: many(z.string()),
  serial_numbers: many(z.string()),
  part_numbers: many(z.string()),
  started_after: time,
  started_before: time,
  ended_after: time,
  ended_before: time,
  created_after: time,
  created_before: time,
  limit: pageLimit,
  cursor,
  sort_by: z.enum(runSorts).default('started_at'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
})

export function foreignRunRoutes(scope: FastifyInstance, { database, keys, taking, bodyLimit }: Deps): void {
  const { db } = database
  const tags = ['TofuPilot']

  scope.post(
    '/api/v2/runs',
    {
      bodyLimit,
      schema: {
        tags,
        security: demandsStationOr('report'),
        summary: 'Report a run',
        description:
          'As TofuPilot’s clients send it; unknown fields are kept. The same run sent twice is stored once and answered with the same id. With an API token the body names its station: station_id or station_name.',
        body: z
          .any()
          .describe('outcome, procedure_id, serial_number, started_at, ended_at; phases, logs and more.'),
        response: { 200: z.object({ id: z.uuid() }) },
      },
    },
    async (request) => {
      const reporter = await taking.reporter(request)
      const read = readRunBody(request.body)
      if (!('run' in read)) throw faulty(read)
      return { id: await taking.store(request, read.run, reporter) }
    },
  )

  scope.get(
    '/api/v2/runs',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Runs, filtered and in pages',
        description:
          'A list of values repeats its key. next_cursor goes into cursor; runs that arrive meanwhile shift no page.',
        querystring: listQuery.loose(),
      },
    },
    async (request) => {
      keys.user(request)
      const query = listQuery.parse(request.query)
      expectKnown(request.query, listQuery)
      return page(filterOf(query), query)
    },
  )

  const oneRun = z.object({ id: runId })
  scope.get(
    '/api/v2/runs/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'One run with its phases and logs',
        params: oneRun,
      },
    },
    async (request) => {
      keys.user(request)
      const { id } = oneRun.parse(request.params)
      const run = await foundRun(db, id)
      if (!run) throw new HttpNo(404, 'not_found', `Run not found: there is no run ${id}.`)
      return wholeRun(run)
    },
  )

  async function page(filter: RunFilter, query: z.infer<typeof listQuery>) {
    const after = query.cursor === undefined ? null : idsOfNumber(query.cursor)
    if (query.cursor !== undefined && (after === null || (await runsAt(db, after)) === 0))
      throw new HttpNo(
        400,
        'invalid',
        `cursor: expected next_cursor of an earlier answer, got ${query.cursor}`,
      )
    const order = { by: query.sort_by, descending: query.sort_order === 'desc' }
    const found = await foundRuns(db, filter, order, query.limit + spare, after, false)
    const end = await pageEnd(found, query.limit)
    const last = found[end - 1]
    const hasMore = found.length > end
    return {
      data: found.slice(0, end).map(listedRun),
      meta: { has_more: hasMore, next_cursor: hasMore && last ? runNumber(last.id) : null },
    }
  }

  /** A page ends at a run that its number names alone: else the next page might begin at another one. */
  async function pageEnd(found: FoundRun[], limit: number): Promise<number> {
    for (let end = limit; end < found.length; end++) {
      const last = found[end - 1]
      const place = last && idsOfNumber(runNumber(last.id))
      if (place && (await runsAt(db, place)) === 1) return end
    }
    return Math.min(found.length, limit + spare - 1)
  }
}

/** So many runs more are read: one to know that there are more, the others for runs that share a number. */
const spare = 8

function filterOf(query: z.infer<typeof listQuery>): RunFilter {
  const at = (text: string | undefined) => (text === undefined ? null : (readTime(text)?.at ?? null))
  const lower = (texts: string[] | undefined) => texts?.map((text) => text.trim().toLowerCase()) ?? null
  return {
    ids: query.ids ?? null,
    outcomes: query.outcomes ?? null,
    procedureIds: query.procedure_ids ?? null,
    deploymentIds: lower(query.deployment_ids),
    stationIds: lower(query.created_by_station_ids),
    units: query.serial_numbers?.map(unitOf) ?? null,
    partNumbers: lower(query.part_numbers),
    procedureVersions: lower(query.procedure_versions),
    started: { from: at(query.started_after), to: at(query.started_before) },
    ended: { from: at(query.ended_after), to: at(query.ended_before) },
    received: { from: at(query.created_after), to: at(query.created_before) },
    linkedTo: null,
  }
}

/** A filter that is not kept would answer with more than was asked for. */
function expectKnown(query: unknown, schema: typeof listQuery): void {
  const unknown = Object.keys(z.record(z.string(), z.unknown()).parse(query)).filter(
    (name) => !(name in schema.shape),
  )
  if (unknown.length > 0)
    throw new HttpNo(
      400,
      'invalid',
      `${unknown.join(', ')}: this service does not filter by that; it knows ${Object.keys(schema.shape).join(', ')}`,
    )
}
