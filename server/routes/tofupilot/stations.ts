// Stations by version 2 of TofuPilot's interface: the one that asks, all of them, and a build pinned to one by hand.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database, Db } from '../../../db/client.ts'
import { keyPrefixes } from '../../../db/station-keys.ts'
import {
  type ListedStation,
  listedStations,
  proceduresToTell,
  runCounts,
  type StationProcedure,
} from '../../../db/station-procedures.ts'
import type { Deliveries } from '../../apply-command.ts'
import {
  type DeploymentId,
  deploymentId,
  type ProcedureId,
  procedureId,
  stationId,
} from '../../domain/ids.ts'
import { day, type Instant } from '../../domain/instant.ts'
import { isRefusal } from '../../domain/rollout/commands.ts'
import { pinStation } from '../../pin-station.ts'
import { demands, demandsStation } from '../demands.ts'
import { words } from '../words.ts'
import { refused } from './errors.ts'
import type { Keys } from './keys.ts'
import { cursor, many, pageLimit } from './query.ts'

type Deps = {
  database: Database
  keys: Keys
  deliveries: Deliveries
  now: () => Instant
  changed: (procedureId: ProcedureId) => void
}

/** Clients want the name of an organisation; this service serves one. */
const organisation = 'firstpass'

const listQuery = z.object({
  limit: pageLimit,
  cursor,
  search_query: z.string().max(200).optional(),
  procedure_ids: many(procedureId),
})

export function foreignStationRoutes(
  scope: FastifyInstance,
  { database, keys, deliveries, now, changed }: Deps,
): void {
  const { db } = database
  const tags = ['TofuPilot']

  scope.get(
    '/api/v2/stations/current',
    {
      schema: {
        tags,
        security: demandsStation(),
        summary: 'The station whose key it is, with what it should run',
        description: 'runs_count: its counted runs of the last 7 days.',
      },
    },
    async (request) => {
      const station = await keys.asking(request)
      const procedures = await proceduresToTell(db, station.id, now())
      const counts = await runCounts(db, {
        stationId: station.id,
        procedureIds: procedures.map(({ id }) => id),
        since: now() - 7 * day,
      })
      return {
        id: station.id,
        name: station.name,
        api_key: (await keyPrefixes(db, [station.id])).get(station.id) ?? null,
        organization_slug: organisation,
        // It is being heard of right now.
        connection_status: 'connected',
        team: null,
        procedures: procedures.map((each) => currentProcedure(each, counts.get(each.id) ?? 0)),
      }
    },
  )

  scope.get(
    '/api/v2/stations',
    {
      schema: {
        tags,
        security: demands('read'),
        summary: 'Stations with their procedures, in pages',
        querystring: listQuery,
      },
    },
    async (request) => {
      keys.user(request)
      const query = listQuery.parse(request.query)
      const wanted = {
        search: query.search_query?.trim() || null,
        procedureIds: query.procedure_ids ?? null,
        after: query.cursor === undefined ? null : Math.trunc(query.cursor),
      }
      const found = await listedStations(db, wanted, query.limit)
      const last = found.at(-1)
      const more = last ? await listedStations(db, { ...wanted, after: last.place }, 1) : []
      const hasMore = more.length > 0
      return {
        data: found.map(listed),
        meta: { has_more: hasMore, next_cursor: hasMore && last ? last.place : null },
      }
    },
  )

  const pin = z.object({ id: stationId, deployment_id: deploymentId })
  const said = z.object({ reason: words(1000).nullish() }).nullish()
  scope.post(
    '/api/v2/stations/:id/deployments/:deployment_id',
    {
      schema: {
        tags,
        security: demands('rollout'),
        summary: 'Ask one station to run a build',
        description:
          'Beside rollouts: no gate watches it, and it is refused while a rollout of the procedure is live. For a new build, start a rollout.',
        params: pin,
        body: said,
      },
    },
    async (request) => {
      const by = keys.user(request)
      const ids = pin.parse(request.params)
      const why = said.parse(request.body)?.reason ?? null
      const done = await database.db.transaction((tx: Db) =>
        pinStation(tx, ids.id, ids.deployment_id, why, by, now(), deliveries),
      )
      if (isRefusal(done)) throw refused(done)
      changed(done.procedureId)
      return pinned(ids.deployment_id, ids.id, done.did)
    },
  )
}

function pinned(deployment: DeploymentId, station: string, did: string) {
  return { id: deployment, station_id: station, deployment_id: deployment, message: did }
}

function currentProcedure({ id, identifier, name, pinned, repository }: StationProcedure, runs: number) {
  return {
    id,
    identifier,
    name,
    runs_count: runs,
    deployment: pinned && {
      deployed_at: new Date(pinned.since).toISOString(),
      commit: { sha: pinned.commitSha, message: pinned.commitMessage, branch: pinned.commitBranch },
      repository: repository && {
        owner: repository.owner,
        name: repository.name,
        provider: repository.provider,
        gitlab_project_id: repository.gitlabProjectId === null ? null : Number(repository.gitlabProjectId),
      },
    },
  }
}

function listed({ id, name, procedures }: ListedStation) {
  return { id, name, procedures, procedures_count: procedures.length, team: null }
}
