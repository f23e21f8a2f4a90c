// The first page: all rollouts at a glance.
import type { FastifyInstance } from 'fastify'
import { overviewPage } from '../../../views/overview/overview-page.ts'
import type { RegistryService } from '../../service/registry.ts'
import { type PageDoor, unlisted } from './door.ts'
import { sharedAnswer } from './shared-answer.ts'

type Deps = { registry: Pick<RegistryService, 'overview'>; door: PageDoor }

/** Of the ten seconds after which an open page asks again. */
const keptMs = 2_000

export function overviewPages(app: FastifyInstance, { registry, door }: Deps): void {
  const overview = sharedAnswer(() => registry.overview(), keptMs)

  app.get('/', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    return door.html(reply, 200, overviewPage(await overview(), opened.frame))
  })
}
