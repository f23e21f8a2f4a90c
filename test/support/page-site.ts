// Pages that a person has open, with what stands behind them.
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll } from 'vitest'
import type { PageAccess } from '../../server/page-access.ts'
import { pageRoutes } from '../../server/routes/pages/pages.ts'
import { ines } from './fixed-values.ts'
import { noHistory } from './no-history.ts'

/** Whoever asks is this person. */
export const personAccess: PageAccess = {
  readerOf: async () => ({ kind: 'person', actor: ines, canSignOut: true }),
  exchange: async () => null,
}

type Sources = Parameters<typeof pageRoutes>[0]

/** Everything is empty but what is given. */
export function siteOf(given: Partial<Sources>): Sources {
  return {
    rollout: async () => null,
    charts: async () => null,
    events: async () => [],
    retests: async () => null,
    mark: async () => null,
    watchers: { watch: () => null },
    access: personAccess,
    base: () => '',
    ...noHistory,
    ...given,
  }
}

export async function pageSite(given: Partial<Sources>): Promise<FastifyInstance> {
  const app = fastify()
  await app.register(pageRoutes(siteOf(given)))
  afterAll(() => app.close())
  return app
}
