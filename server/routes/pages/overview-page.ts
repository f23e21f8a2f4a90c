// The first page: all rollouts at a glance.
import type { FastifyInstance } from 'fastify'
import { overviewPage } from '../../../views/overview/overview-page.ts'
import type { RegistryService } from '../../service/registry.ts'
import { type PageDoor, unlisted } from './door.ts'

type Deps = { registry: Pick<RegistryService, 'overview'>; door: PageDoor }

export function overviewPages(app: FastifyInstance, { registry, door }: Deps): void {
  app.get('/', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    return door.html(reply, 200, overviewPage(await registry.overview(), opened.frame))
  })
}
