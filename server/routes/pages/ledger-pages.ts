// The pages of a rollout's decision ledger, and of a verdict computed again.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ledgerPage } from '../../../views/ledger/ledger-page.ts'
import { recomputedPage } from '../../../views/ledger/recomputed-page.ts'
import { rolloutId } from '../../domain/ids.ts'
import { ledgerCsv } from '../ledger-csv.ts'
import { type PageDoor, unlisted } from './door.ts'
import { noRollout } from './no-rollout.ts'
import type { RolloutSources } from './rollout-sources.ts'

type Deps = Pick<RolloutSources, 'rollout' | 'events' | 'ledger'> & { door: PageDoor }

const params = z.object({
  id: z.string(),
  verdictId: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).catch(0),
})
const query = z.object({
  after: z.string().max(60).optional().catch(undefined),
  show: z.literal('everything').optional().catch(undefined),
})
/** With five gates a decision and as many verdicts, 70 kB. */
const pageSize = 60

export function ledgerPages(app: FastifyInstance, { rollout, events, ledger: service, door }: Deps): void {
  app.get('/rollouts/:id/ledger', unlisted, async (request, reply) => {
    const { id: text } = params.parse(request.params)
    const { after = null, show } = query.parse(request.query)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    if (!id) return noRollout(door, reply, opened, text)
    const [view, page, record] = await Promise.all([
      rollout(id),
      service.ledger(id, { after, limit: pageSize, only: show ? undefined : 'decisions' }),
      events(id),
    ])
    if (!view || !page) return noRollout(door, reply, opened, text)
    const address = `${opened.frame.base}/rollouts/${id}/ledger`
    const shown = {
      entries: page.entries,
      events: new Map(record.map((event) => [event.sequence, event])),
      isWhole: show !== undefined,
      address,
      moreUrl:
        page.next === null
          ? null
          : `${address}?${new URLSearchParams({ ...(show ? { show } : {}), after: page.next })}`,
      csvUrl: `${address}.csv`,
      verdictUrl: (verdictId: number) => `${address}/${verdictId}`,
    }
    return door.html(reply, 200, ledgerPage(view, shown, opened.frame))
  })

  app.get('/rollouts/:id/ledger.csv', unlisted, async (request, reply) => {
    const { id: text } = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    if (!id || !(await rollout(id))) return noRollout(door, reply, opened, text)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="ledger-${id}.csv"`)
      .send(ledgerCsv(service, id))
  })

  app.get('/rollouts/:id/ledger/:verdictId', unlisted, async (request, reply) => {
    const { id: text, verdictId } = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    const view = id ? await rollout(id) : null
    if (!id || !view) return noRollout(door, reply, opened, text)
    const found = verdictId === 0 ? null : await service.recomputed(id, verdictId)
    if (!found) {
      const lines = [
        'Expected the number of a verdict on record of this rollout, which the address does not have.',
        'Open one from the decision ledger.',
      ]
      return door.missing(reply, opened, { title: 'No such verdict', lines })
    }
    reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' })
    return door.html(reply, 200, recomputedPage(view, found, opened.frame))
  })
}
