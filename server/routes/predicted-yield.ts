// First-pass yield under the limits of a build, over HTTP.

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { deploymentId } from '../domain/ids.ts'
import { predictedYieldOfBuild } from '../domain/predicted-yield/of-build.ts'
import type { PredictedYield } from '../domain/predicted-yield/predicted-yield.ts'
import { isRefusal } from '../domain/rollout/commands.ts'
import type { Service } from '../service.ts'
import type { Authentication } from './authentication.ts'
import { csv } from './csv.ts'
import { demands } from './demands.ts'
import { errorBody, refusalBody, refusalStatus } from './errors.ts'
import { snakeCase, snakeCaseSchema } from './snake-case.ts'

type Deps = { service: Pick<Service, 'predictedYield'>; authentication: Authentication }

const params = z.object({ id: deploymentId })
const query = z.object({
  against: deploymentId
    .optional()
    .describe('The build whose runs are judged again; the one that runs now when absent.'),
  per_station: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('First attempts of each station, the newest; 200, and at most 10,000 of all together.'),
})
export function predictedYieldRoutes(app: FastifyInstance, { service, authentication }: Deps): void {
  for (const format of ['', '.csv'] as const)
    app.get(
      `/api/v1/deployments/:id/predicted-yield${format}`,
      {
        schema: {
          tags: ['registry'],
          security: demands('read'),
          summary: `Stored first attempts judged again by the limits of a build${format === '' ? '' : ', as a table'}`,
          description:
            'What first-pass yield would have been, station by station, before any station has the build. A unit that failed stopped there: where all that it failed would pass, what would have come after is unknown, and the bounds go from all of those failing to all of them passing. Without any change of limits that can be reckoned, no runs are read.',
          params,
          querystring: query,
          response: {
            ...(format === '' ? { 200: snakeCaseSchema(predictedYieldOfBuild) } : {}),
            404: errorBody,
            409: errorBody,
            422: errorBody,
          },
        },
      },
      async (request, reply) => {
        authentication.caller(request)
        const { id } = params.parse(request.params)
        const { against, per_station: perStation } = query.parse(request.query)
        const found = await service.predictedYield(id, {
          against: against ?? null,
          ...(perStation === undefined ? {} : { perStation }),
        })
        if (isRefusal(found)) return reply.code(refusalStatus[found.refused]).send(refusalBody(found))
        if (format === '') return snakeCase(found)
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="predicted-yield-${id}.csv"`)
          .send(predictedYieldCsv(found))
      },
    )
}

export function predictedYieldCsv({ fleet, stations }: PredictedYield): string {
  const columns = ['station', 'site', 'first_attempts', 'passed', 'newly_fail', 'newly_pass', 'unknown']
  const rates = ['now', 'predicted', 'lower', 'upper', 'change', 'change_lower', 'change_upper']
  const row = (name: string, site: string, each: typeof fleet) => [
    name,
    site,
    ...[each.n, each.passed, each.newlyFail, each.newlyPass, each.unknown],
    ...[
      each.now,
      each.predicted,
      each.lower,
      each.upper,
      each.change,
      each.changeLower,
      each.changeUpper,
    ].map((rate) => (rate === null ? '' : Number(rate.toFixed(4)))),
  ]
  return csv([
    [...columns, ...rates],
    row('(all)', '', fleet),
    ...stations.map((each) => row(each.name, each.site, each)),
  ])
}
