// Procedures by version 2 of TofuPilot's interface: added, read, rolled back.

import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import { everyRun, foundRuns } from '../../../db/found-runs.ts'
import {
  addProcedure,
  type Procedure,
  procedureById,
  procedureByIdentifier,
  procedureByName,
  stationsOf,
} from '../../../db/registry.ts'
import { runCounts } from '../../../db/station-procedures.ts'
import { deploymentId, type ProcedureId, procedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { isRefusal } from '../../domain/rollout/commands.ts'
import type { Service } from '../../service.ts'
import { demands } from '../demands.ts'
import { HttpNo } from '../errors.ts'
import { name, words } from '../words.ts'
import { refused } from './errors.ts'
import type { Keys } from './keys.ts'

type Deps = {
  database: Database
  keys: Keys
  service: Service
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

const newProcedure = z.object({
  name,
  id: procedureId
    .nullish()
    .describe('The id that it has had elsewhere: station code that names it goes on unchanged.'),
  identifier: words(100).nullish(),
})

export function foreignProcedureRoutes(
  scope: FastifyInstance,
  { database, keys, service, now, changed }: Deps,
): void {
  const { db } = database
  const tags = ['TofuPilot']

  scope.post(
    '/api/v2/procedures',
    { schema: { tags, security: demands('configure'), summary: 'Add a procedure', body: newProcedure } },
    async (request) => {
      keys.user(request)
      const body = newProcedure.parse(request.body)
      const id = body.id ?? procedureId.parse(randomUUID())
      const identifier = body.identifier?.trim() || null
      const holder = identifier && (await procedureByIdentifier(db, identifier))
      if (holder) throw taken(holder)
      const added = await addProcedure(db, {
        id,
        name: body.name,
        identifier,
        createdAt: new Date(now()),
      })
      if (added) return { id: added.id }
      throw taken((await procedureByName(db, body.name)) ?? (await procedureById(db, id)))
    },
  )

  const oneProcedure = z.object({ id: procedureId })
  scope.get(
    '/api/v2/procedures/:id',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'One procedure with its stations and its latest runs',
        description: 'runs_count: its counted runs, without those that were aborted or of reference samples.',
        params: oneProcedure,
      },
    },
    async (request) => {
      keys.user(request)
      const { id } = oneProcedure.parse(request.params)
      const procedure = await procedureById(db, id)
      if (!procedure) throw new HttpNo(404, 'not_found', `Procedure not found: there is no procedure ${id}.`)
      const filter = { ...everyRun, procedureIds: [id] }
      const recent = await foundRuns(db, filter, { by: 'started_at', descending: true }, 10, null, false)
      const counts = await runCounts(db, { stationId: null, procedureIds: [id], since: null })
      return {
        id,
        identifier: procedure.identifier,
        name: procedure.name,
        created_at: procedure.createdAt.toISOString(),
        created_by_user: null,
        runs_count: counts.get(id) ?? 0,
        recent_runs: recent.map((run) => ({
          id: run.id,
          started_at: new Date(run.startedAt).toISOString(),
          outcome: run.outcome,
          unit: run.serial === '' ? null : { serial_number: run.serial },
        })),
        stations: (await stationsOf(db, id)).map((station) => ({ id: station.id, name: station.name })),
      }
    },
  )

  const rollback = z.object({ deployment_id: deploymentId, reason: words(1000).nullish() })
  scope.post(
    '/api/v2/procedures/:id/rollback',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Roll back to a build that once ran on all stations',
        description: 'Every station at once, without stages. Automatic pushes stop.',
        params: oneProcedure,
        body: rollback,
      },
    },
    async (request) => {
      const by = keys.user(request)
      const { id } = oneProcedure.parse(request.params)
      const { deployment_id, reason } = rollback.parse(request.body)
      const why = reason?.trim() || 'no reason was given over the TofuPilot-compatible interface'
      const done = await service.rollback(id, deployment_id, why, by)
      if (isRefusal(done)) throw refused(done)
      changed(id)
      return { id: deployment_id, message: done.did }
    },
  )
}

function taken(present: Procedure | null): HttpNo {
  const known =
    present && `"${present.name}"${present.identifier ? ` (${present.identifier})` : ''}: ${present.id}`
  return new HttpNo(409, 'taken', `There is already a procedure ${known}.`)
}
