// What a rollout's page shows of failures and stations, in whole and as files.
import type { FastifyInstance } from 'fastify'
import { rolloutFailuresCsv } from '../failures-csv.ts'
import { snakeCase } from '../snake-case.ts'
import { stationsCsv } from '../stations-csv.ts'
import { noSuchRollout, openRollout } from './asked-rollout.ts'
import { type PageDoor, unlisted } from './door.ts'
import type { RolloutSources } from './rollout-sources.ts'

type Deps = Pick<RolloutSources, 'charts' | 'rollout'> & { door: PageDoor }

export function rolloutTables(app: FastifyInstance, { charts, rollout, door }: Deps): void {
  app.get('/rollouts/:id/failures/:file', unlisted, async (request, reply) => {
    const found = await openRollout(door, request, reply)
    if (!found) return reply
    const { file, range } = found.asked
    if (file !== 'failures.json' && file !== 'failures.csv') return reply.callNotFound()
    const failures = (await charts(found.id, range))?.failures
    if (!failures) return noSuchRollout(door, reply, found)
    if (file === 'failures.json') return reply.send(snakeCase(failures))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="failures-${found.id}.csv"`)
      .send(rolloutFailuresCsv(failures))
  })

  app.get('/rollouts/:id/stations/:file', unlisted, async (request, reply) => {
    const found = await openRollout(door, request, reply)
    if (!found) return reply
    const { file } = found.asked
    if (file !== 'stations.json' && file !== 'stations.csv') return reply.callNotFound()
    const view = await rollout(found.id)
    if (!view) return noSuchRollout(door, reply, found)
    if (file === 'stations.json') return reply.send(snakeCase(view.stations))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="stations-${found.id}.csv"`)
      .send(stationsCsv(view.stations))
  })
}
