// The page of a station, and its charts.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import type { DataChart } from '../../../views/charts/data-chart.ts'
import { yieldChart } from '../../../views/charts/registry-charts.ts'
import { stationPage } from '../../../views/station/station-page.ts'
import { type StationId, stationId } from '../../domain/ids.ts'
import type { RegistryService } from '../../service/registry.ts'
import type { DataCharts } from './data-charts.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'

type Deps = {
  registry: Pick<RegistryService, 'stationRecord' | 'stationYields'>
  door: PageDoor
  charts: DataCharts
}

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({
  before: z.coerce.number().int().min(0).max(8.64e15).nullable().catch(null).default(null),
  width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width),
})

export function stationPages(app: FastifyInstance, { registry, door, charts }: Deps): void {
  app.get('/stations/:id', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const asked = params.parse(request.params)
    const { before } = query.parse(request.query)
    const id = stationId.safeParse(asked.id).data
    const station = id ? await registry.stationRecord(id, before) : null
    if (!id || !station) return notFound(asked.id, opened, reply)
    const isLaterPage = before !== null
    const drawn = isLaterPage ? [] : ((await chartsOf(id)) ?? [])
    const shown = await charts.drawn(drawn, `${opened.frame.base}/stations/${id}/charts`)
    return door.html(reply, 200, stationPage(station, { charts: shown, isLaterPage }, opened.frame))
  })

  app.get('/stations/:id/charts/:file', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const { id: asked, file } = params.parse(request.params)
    const id = stationId.safeParse(asked).data
    const own = id ? await chartsOf(id) : null
    if (own === null) return notFound(asked, opened, reply)
    const { width } = query.parse(request.query)
    return charts.send(own, { file, width }, { door, opened, reply })
  })

  /** One for each procedure: their yields have nothing to do with each other. */
  async function chartsOf(id: StationId): Promise<DataChart[] | null> {
    const found = await registry.stationYields(id)
    if (found === null) return null
    return found.map(({ procedure, yields }) =>
      yieldChart(yields, {
        name: `first-pass-yield-${procedure.id.slice(0, 8)}`,
        on: procedure.name,
        marked: 'another build, or a hold',
      }),
    )
  }

  function notFound(asked: string, opened: Opened, reply: FastifyReply): FastifyReply {
    const lines = [
      `Expected the id of a station, got “${asked}”, which is none here.`,
      'Look it up in the fleet.',
    ]
    return door.missing(reply, opened, { title: 'No such station', lines })
  }
}
