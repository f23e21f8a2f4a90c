// The page of a rollout's containment list, and the list as a table.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { containmentPage, type ShownList } from '../../../views/containment/containment-page.ts'
import { type RolloutId, rolloutId, runId } from '../../domain/ids.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import type { ContainmentService } from '../../service/containment.ts'
import { containmentCsv } from '../containment-csv.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'
import { noRollout } from './no-rollout.ts'

export type ContainmentSources = {
  rollout: (id: RolloutId) => Promise<RolloutView | null>
  containment: Pick<ContainmentService, 'containment' | 'containedUnits'>
}

const params = z.object({ id: z.string() })
const query = z.object({
  list: z.enum(['escapes', 'false scrap']).optional().catch(undefined),
  open: z.literal('true').optional().catch(undefined),
  after: runId.optional().catch(undefined),
})
type Asked = z.infer<typeof query>
const kinds = ['escapes', 'false scrap'] as const

/** Of a list alone, and of each where both are shown. */
const unitsOfOne = 150
const unitsOfEach = 50

export function containmentPages(
  app: FastifyInstance,
  { rollout, containment: service, door }: ContainmentSources & { door: PageDoor },
): void {
  app.get('/rollouts/:id/containment', unlisted, async (request, reply) => {
    const { id: text } = params.parse(request.params)
    const asked = query.parse(request.query)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    if (!id) return noRollout(door, reply, opened, text)
    const [view, list, lists] = await Promise.all([
      rollout(id),
      service.containment(id),
      Promise.all((asked.list ? [asked.list] : kinds).map((kind) => listOf(id, kind, asked, opened))),
    ])
    if (!view || !list) return noRollout(door, reply, opened, text)
    const address = (of: Asked) => addressOf(id, of, opened)
    const { list: kind, open } = asked
    const urls = {
      both: address({ open }),
      escapes: address({ list: 'escapes', open }),
      falseScrap: address({ list: 'false scrap', open }),
      openOnly: address({ list: kind, open: open ? undefined : 'true' }),
      csv: `${opened.frame.base}/rollouts/${id}/containment.csv`,
    }
    const shown = { list, lists, open: open === 'true', urls, form: null }
    return door.html(reply, 200, containmentPage(view, shown, opened.frame))
  })

  app.get('/rollouts/:id/containment.csv', unlisted, async (request, reply): Promise<FastifyReply> => {
    const { id: text } = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    if (!id || !(await rollout(id))) return noRollout(door, reply, opened, text)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="containment-${id}.csv"`)
      .send(containmentCsv(service, id, { list: null, open: false }))
  })

  async function listOf(
    id: RolloutId,
    list: ShownList['list'],
    { list: only, open, after }: Asked,
    opened: Opened,
  ): Promise<ShownList> {
    const limit = only ? unitsOfOne : unitsOfEach
    const from = only === undefined ? null : (after ?? null)
    const page = await service.containedUnits(id, { list, open: open === 'true', after: from, limit })
    const next = page?.next ?? null
    const moreUrl = next && addressOf(id, { list, open, after: next }, opened)
    return { list, units: page?.units ?? [], moreUrl }
  }
}

function addressOf(id: RolloutId, { list, open, after }: Asked, { frame }: Opened): string {
  const given = Object.entries({ list, open, after }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return `${frame.base}/rollouts/${id}/containment${given.length === 0 ? '' : `?${new URLSearchParams(given)}`}`
}
