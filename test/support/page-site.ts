// Pages that a person has open, with what stands behind them.
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll } from 'vitest'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { fakeService } from '../bot/support/fake-service.ts'
import { noContainment, noLedger } from './containment-builder.ts'
import { noHistory } from './no-history.ts'
import { aDoorway } from './page-doorway.ts'

type Sources = Parameters<typeof pageRoutes>[0]

/** Everything is empty but what is given, and whoever asks is a person. */
export function siteOf(given: Partial<Sources>): Sources {
  return {
    rollout: async () => null,
    charts: async () => null,
    events: async () => [],
    retests: async () => null,
    containment: noContainment,
    ledger: noLedger,
    mark: async () => null,
    watchers: { watch: () => () => {} },
    drawPicture: async () => Buffer.from('a picture'),
    ...aDoorway(),
    ...noHistory,
    registry: fakeService(),
    ...given,
  }
}

export async function pageSite(given: Partial<Sources>): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(pageRoutes(siteOf(given)))
  afterAll(() => app.close())
  return app
}
