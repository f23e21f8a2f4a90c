// The page of a rollout: HTML, chart pictures and their data.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import { gatesOf, shownGate } from '../../../views/charts/gate-differences.ts'
import { type ChartKind, rolloutChartList } from '../../../views/charts/rollout-chart-list.ts'
import { standaloneChart } from '../../../views/draw-chart.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { GateLink, PageChart } from '../../../views/rollout/charts.ts'
import { rolloutPage } from '../../../views/rollout/rollout-page.ts'
import { type RolloutId, rolloutId } from '../../domain/ids.ts'
import type { RetestPair } from '../../domain/retests.ts'
import type { RolloutEvent } from '../../domain/rollout/events.ts'
import type { RolloutCharts } from '../../domain/rollout-charts.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import type { ContainmentService } from '../../service/containment.ts'
import { rolloutFailuresCsv } from '../failures-csv.ts'
import { snakeCase } from '../snake-case.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'
import { noRollout } from './no-rollout.ts'

export type RolloutSources = {
  rollout: (id: RolloutId) => Promise<RolloutView | null>
  charts: (id: RolloutId) => Promise<RolloutCharts | null>
  events: (id: RolloutId) => Promise<(RolloutEvent & { sequence: number })[]>
  retests: (id: RolloutId) => Promise<{ pairs: RetestPair[] } | null>
  containment: Pick<ContainmentService, 'containment'>
  /** Another one whenever something of the page has changed. */
  mark: (id: RolloutId) => Promise<string | null>
}

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({
  /** The width a reader's browser has for the chart, in pixels. */
  width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width),
  /** The gate whose difference and evidence are drawn. */
  gate: z.string().optional().catch(undefined),
})
type Asked = z.infer<typeof params> & z.infer<typeof query>

type Deps = RolloutSources & { door: PageDoor }

export function rolloutPages(
  app: FastifyInstance,
  { rollout, charts, events, retests, containment, mark, door }: Deps,
): void {
  const draw = rememberedDrawing()

  app.get('/rollouts/:id', unlisted, async (request, reply) => {
    const asked = askedFor(request)
    const opened = await door.open(request, reply, { rollout: asked.id })
    if (!opened) return reply
    const id = rolloutId.safeParse(asked.id).data
    if (!id) return notFound(asked, opened, reply)
    // Before the rest: what changes in the meantime is told once more rather than missed.
    const marked = await mark(id)
    const [view, data, record, retested, contained] = await Promise.all([
      rollout(id),
      charts(id),
      events(id),
      retests(id),
      containment.containment(id, true),
    ])
    if (!view) return notFound(asked, opened, reply)
    const shown =
      data === null
        ? { charts: [], gates: [], failures: null }
        : {
            charts: await Promise.all(rolloutChartList.map((kind) => drawnChart(kind, data, asked))),
            gates: gateLinks(data, asked),
            failures: data.failures && {
              ...data.failures,
              jsonUrl: failuresAddress(asked, 'json'),
              csvUrl: failuresAddress(asked, 'csv'),
            },
          }
    return door.html(
      reply,
      200,
      rolloutPage(
        view,
        {
          ...shown,
          events: record,
          pairs: retested?.pairs ?? [],
          contained,
          live: { url: `${encodeURIComponent(asked.id)}/live`, mark: marked ?? '' },
        },
        opened.frame,
      ),
    )
  })

  app.get('/rollouts/:id/failures/:file', unlisted, async (request, reply) => {
    const asked = askedFor(request)
    const opened = await door.open(request, reply, { rollout: asked.id })
    if (!opened) return reply
    const id = rolloutId.safeParse(asked.id).data
    if (!id) return notFound(asked, opened, reply)
    const found = (await charts(id))?.failures
    if (!found) return notFound(asked, opened, reply)
    if (asked.file === 'failures.json') return reply.send(snakeCase(found))
    if (asked.file !== 'failures.csv') return reply.callNotFound()
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="failures-${id}.csv"`)
      .send(rolloutFailuresCsv(found))
  })

  app.get('/rollouts/:id/charts/:file', unlisted, async (request, reply) => {
    const asked = askedFor(request)
    const opened = await door.open(request, reply, { rollout: asked.id })
    if (!opened) return reply
    const id = rolloutId.safeParse(asked.id).data
    if (!id) return notFound(asked, opened, reply)
    const [name, format] = asked.file.split('.')
    const kind = rolloutChartList.find((each) => each.name === name)
    if (!kind || (format !== 'svg' && format !== 'json')) return noSuchChart(asked, opened, reply)
    const data = await charts(id)
    if (!data) return notFound(asked, opened, reply)
    const gate = shownGate(data, asked.gate)
    if (format === 'json') return reply.send(kind.spec(data, { width: asked.width, zone: 'local' }, gate))
    const drawing = await draw(kind.spec(data, serverFrame, gate), kind.summary(data, gate))
    return reply.type('image/svg+xml; charset=utf-8').send(standaloneChart(drawing.svg))
  })

  async function drawnChart(kind: ChartKind, data: RolloutCharts, asked: Asked): Promise<PageChart> {
    const gate = shownGate(data, asked.gate)
    const summary = kind.summary(data, gate)
    const parameters = queryOf(kind.ofGate ? gate : undefined)
    const address = (format: string) =>
      `${encodeURIComponent(asked.id)}/charts/${kind.name}.${format}${parameters}`
    return {
      name: kind.name,
      title: kind.title(gate),
      caption: kind.caption(data, gate),
      summary,
      svgUrl: address('svg'),
      specUrl: address('json'),
      ...(await draw(kind.spec(data, serverFrame, gate), summary)),
    }
  }

  function notFound({ id }: Asked, opened: Opened, reply: FastifyReply): FastifyReply {
    return noRollout(door, reply, opened, id)
  }

  function noSuchChart({ file }: Asked, opened: Opened, reply: FastifyReply): FastifyReply {
    const names = rolloutChartList.map(({ name }) => name).join(', ')
    const lines = [`Expected one of ${names}, ending in .svg or .json; got “${file}”.`]
    return door.missing(reply, opened, { title: 'No such chart', lines })
  }
}

/** Addresses of this page, one for each gate that can be drawn. */
function gateLinks(data: RolloutCharts, { gate: asked }: Asked): GateLink[] {
  const shown = shownGate(data, asked)
  return gatesOf(data).map(({ gate }) => ({
    gate,
    url: `${queryOf(gate)}#charts`,
    isShown: gate === shown,
  }))
}

/** Below the page, so that who may see it may see these too. */
function failuresAddress({ id }: Asked, format: string): string {
  return `${encodeURIComponent(id)}/failures/failures.${format}`
}

function queryOf(gate: string | undefined): string {
  return gate === undefined ? '' : `?${new URLSearchParams({ gate })}`
}

function askedFor(request: FastifyRequest): Asked {
  return { ...params.parse(request.params), ...query.parse(request.query) }
}
