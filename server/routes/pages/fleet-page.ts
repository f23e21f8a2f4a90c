// The page of the fleet. What is shown stands in its address.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { fleetPage } from '../../../views/fleet/fleet-page.ts'
import { type FleetFilter, troubleKinds } from '../../domain/fleet/fleet.ts'
import { procedureId } from '../../domain/ids.ts'
import type { RegistryService } from '../../service/registry.ts'
import { type PageDoor, unlisted } from './door.ts'

const word = z.string().trim().min(1).max(200).nullable().catch(null).default(null)

/** What nobody understands is not asked for: an old link shows too much rather than nothing. */
const query = z.object({
  site: word,
  line: word,
  procedure: procedureId.nullable().catch(null).default(null),
  trouble: z
    .enum([...troubleKinds, 'any', 'aside', 'catching up'])
    .nullable()
    .catch(null)
    .default(null),
  search: word,
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
}) satisfies z.ZodType<FleetFilter>

type Deps = { registry: Pick<RegistryService, 'fleet'>; door: PageDoor }

export function fleetPages(app: FastifyInstance, { registry, door }: Deps): void {
  app.get('/fleet', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const fleet = await registry.fleet(query.parse(request.query))
    return door.html(reply, 200, fleetPage(fleet, opened.frame))
  })
}
