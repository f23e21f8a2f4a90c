// What a rollout's page shows of failures, stations and its record, in whole and as files.
import type { FastifyInstance } from 'fastify'
import { eventSentence } from '../../../views/rollout/event-sentence.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import { csv } from '../csv.ts'
import { rolloutFailuresCsv } from '../failures-csv.ts'
import { snakeCase } from '../snake-case.ts'
import { stationsCsv } from '../stations-csv.ts'
import { noSuchRollout, openRollout } from './asked-rollout.ts'
import { type PageDoor, unlisted } from './door.ts'
import type { RolloutSources } from './rollout-sources.ts'

type Event = Awaited<ReturnType<RolloutSources['events']>>[number]

type Deps = Pick<RolloutSources, 'charts' | 'rollout' | 'events'> & { door: PageDoor }

export function rolloutTables(app: FastifyInstance, { charts, rollout, events, door }: Deps): void {
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

  app.get('/rollouts/:id/record/:file', unlisted, async (request, reply) => {
    const found = await openRollout(door, request, reply)
    if (!found) return reply
    if (found.asked.file !== 'record.csv') return reply.callNotFound()
    const view = await rollout(found.id)
    if (!view) return noSuchRollout(door, reply, found)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="record-${found.id}.csv"`)
      .send(recordCsv(view, await events(found.id)))
  })
}

/** First to last, in the words of the page. */
function recordCsv(view: RolloutView, events: Event[]): string {
  return csv([
    ['number', 'at', 'what', 'why', 'by', 'kind', 'through'],
    ...events.map((event) => {
      const { what, why } = eventSentence(event, view)
      const { name, kind, door } = event.by
      return [event.sequence, new Date(event.at).toISOString(), what, why ?? '', name, kind, door]
    }),
  ])
}
