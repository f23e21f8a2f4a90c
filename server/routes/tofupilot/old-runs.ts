// Runs by version 1 of TofuPilot's interface. Its POST shares the native path: the body tells the two apart.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import { everyRun, foundRuns } from '../../../db/found-runs.ts'
import type { RunId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { unitOf } from '../../domain/run.ts'
import { readOldRun } from '../../domain/tofupilot/old-run.ts'
import { readNative } from '../../domain/tofupilot/read-native.ts'
import { demandsStationOr, open } from '../demands.ts'
import { faulty, nothingThere } from './errors.ts'
import type { Keys } from './keys.ts'
import { oldRunAnswer } from './run-answer.ts'
import type { TakeRun } from './take-run.ts'

export type TakeOldRun = (
  request: FastifyRequest,
) => Promise<{ id: RunId; message: string; warnings?: string[] }>

export function takeOldRun({ taking, now }: { taking: TakeRun; now: () => Instant }): TakeOldRun {
  return async (request) => {
    const reporter = await taking.reporter(request)
    const foreign = readOldRun(request.body, now())
    if (!('native' in foreign)) throw faulty(foreign)
    const procedure_id = await taking.procedure(foreign.procedure, reporter)
    const read = readNative({ ...foreign.native, procedure_id })
    if (!('run' in read)) throw faulty(read)
    const id = await taking.store(request, read.run, reporter)
    const { started_at, ended_at } = read.run
    const zoneless = started_at.zoneless || ended_at.zoneless
    return {
      id,
      message: 'Run created',
      ...(zoneless ? { warnings: ['times without a zone were taken as UTC'] } : {}),
    }
  }
}

/** The newest of a unit: more than that a unit has only when something else is wrong. */
const mostRuns = 100

export function oldRunRoutes(
  scope: FastifyInstance,
  { database, keys }: { database: Database; keys: Keys },
): void {
  const tags = ['TofuPilot']
  const query = z.object({ serial_number: z.string().min(1, 'expected a serial number').max(1000) })

  scope.get(
    '/api/v1/runs',
    {
      schema: {
        tags,
        security: demandsStationOr('read'),
        summary: 'The runs of a unit, newest first, by version 1',
        description: 'With a station’s key, those of procedures that it is linked to.',
        querystring: query,
      },
    },
    async (request) => {
      const linkedTo = keys.isUser(request) ? null : (await keys.station(request)).id
      const { serial_number } = query.parse(request.query)
      const filter = { ...everyRun, units: [unitOf(serial_number)], linkedTo }
      const order = { by: 'started_at', descending: true } as const
      return (await foundRuns(database.db, filter, order, mostRuns, null, true)).map(oldRunAnswer)
    },
  )

  scope.get(
    '/api/v1/streaming',
    { schema: { tags, security: open, summary: 'Live streams of tests: there are none here', hide: false } },
    async (request) => {
      throw nothingThere(request)
    },
  )
}
