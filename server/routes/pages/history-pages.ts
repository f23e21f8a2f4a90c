// The pages of what was: all rollouts, and what those of a procedure have taught.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { historyPage } from '../../../views/history/history-page.ts'
import { learningPage } from '../../../views/learning/learning-page.ts'
import { procedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { outcome } from '../../domain/learning/outcome.ts'
import type { Service } from '../../service.ts'
import { usualPeriod } from '../learning.ts'
import { learningCsv } from '../learning-csv.ts'
import { endOf, momentOf } from '../period.ts'
import { snakeCase } from '../snake-case.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'

export type HistorySources = Pick<Service, 'learning' | 'rolloutHistory' | 'historyChoices' | 'procedure'>
type Deps = { history: HistorySources; now: () => Instant; door: PageDoor }

const perPage = 50
/** What came twice, or is no text, is as if it had not been asked for. */
const text = z.string().trim().max(300).catch('')
const asked = z.object({ procedure: text, label: text, site: text, outcome: text, from: text, to: text })
const page = z.object({ offset: z.coerce.number().int().min(0).max(10_000_000).catch(0) })
const params = z.object({ id: z.string() })
const period = z.object({ from: text, to: text })

export function historyPages(app: FastifyInstance, { history, now, door }: Deps): void {
  app.get('/history', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const said = asked.parse(request.query)
    const { offset } = page.parse(request.query)
    const choices = await history.historyChoices()
    const found = await history.rolloutHistory(
      {
        procedureId: procedureId.safeParse(said.procedure).data ?? null,
        label: said.label || null,
        site: said.site || null,
        outcome: outcome.safeParse(said.outcome).data ?? null,
        from: momentOf(said.from),
        to: endOf(said.to),
      },
      { limit: perPage, offset },
    )
    return door.html(reply, 200, historyPage({ ...found, asked: said, choices }, opened.frame))
  })

  for (const format of ['', '.json', '.csv'] as const)
    app.get(`/procedures/:id/learning${format}`, unlisted, async (request, reply) => {
      const opened = await door.open(request, reply, 'everything')
      if (!opened) return reply
      const found = await learned(request)
      if (!found) return noProcedure(request, reply, opened)
      if (format === '.json') return reply.send(snakeCase(found.found))
      if (format === '.csv')
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="learning.csv"')
          .send(learningCsv(found.found))
      return door.html(reply, 200, learningPage(found, opened.frame))
    })

  /** A time that ends before it begins, or is none, is as if nothing had been asked for. */
  async function learned(request: FastifyRequest) {
    const id = procedureId.safeParse(params.parse(request.params).id).data
    const procedure = id && (await history.procedure(id))
    if (!procedure) return null
    const said = period.parse(request.query)
    const to = endOf(said.to) ?? now() + 1
    const from = momentOf(said.from) ?? to - usualPeriod
    const between = from < to ? { from, to } : { from: now() - usualPeriod, to: now() + 1 }
    const found = await history.learning({ procedureId: procedure.id, ...between })
    return found && { procedure, found, asked: said }
  }

  function noProcedure(request: FastifyRequest, reply: FastifyReply, opened: Opened): FastifyReply {
    const { id } = params.parse(request.params)
    return door.missing(reply, opened, {
      title: 'No such procedure',
      lines: [
        `Expected the id of a procedure, got “${id}”, which is none here.`,
        'Choose one on the page of the history.',
      ],
    })
  }
}
