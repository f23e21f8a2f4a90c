// What TofuPilot's command line asks on a station: its procedures with the builds to run, and where to get one.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../../db/client.ts'
import { proceduresToTell } from '../../../db/station-procedures.ts'
import { procedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { demandsStation } from '../demands.ts'
import { HttpNo } from '../errors.ts'
import type { Keys } from './keys.ts'

type Deps = { database: Database; keys: Keys; now: () => Instant }

export function cliPullRoutes(scope: FastifyInstance, { database, keys, now }: Deps): void {
  const { db } = database
  const tags = ['TofuPilot']

  scope.get(
    '/api/cli/pull',
    { schema: { tags, security: demandsStation(), summary: 'What this station should run' } },
    async (request) => {
      const station = await keys.asking(request)
      const procedures = await proceduresToTell(db, station.id, now())
      return {
        station: { name: station.name },
        procedures: procedures.map(({ id, name, pinned }) => ({
          id,
          name,
          deployment: pinned && { id: pinned.id, sha: pinned.commitSha, message: pinned.commitMessage },
        })),
      }
    },
  )

  const oneProcedure = z.object({ procedure_id: procedureId })
  scope.get(
    '/api/cli/pull/:procedure_id',
    {
      schema: {
        tags,
        security: demandsStation(),
        summary: 'Where the build of one procedure is to be had',
        description: '409 while it is not ready, or has no artifact.',
        params: oneProcedure,
      },
    },
    async (request) => {
      const station = await keys.asking(request)
      const { procedure_id } = oneProcedure.parse(request.params)
      const found = (await proceduresToTell(db, station.id, now())).find(({ id }) => id === procedure_id)
      if (!found)
        throw new HttpNo(404, 'not_found', `This station is not linked to procedure ${procedure_id}.`)
      if (!found.pinned)
        throw new HttpNo(404, 'not_found', `No build of ${found.name} is asked of this station yet.`)
      const { status, commitSha, artifactUrl, artifactSha256 } = found.pinned
      if (status !== 'ready')
        throw new HttpNo(409, 'not_ready', `The build is ${status}: ask again when it is ready.`)
      if (artifactUrl === null || artifactSha256 === null)
        throw new HttpNo(
          409,
          'not_ready',
          'The build was registered without the address or sha256 of its artifact.',
        )
      return { sha: commitSha, artifactUrl, artifactSha256 }
    },
  )
}
