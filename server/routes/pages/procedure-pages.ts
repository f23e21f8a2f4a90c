// The page of a procedure, and its chart.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import type { DataChart } from '../../../views/charts/data-chart.ts'
import { yieldChart } from '../../../views/charts/registry-charts.ts'
import { procedurePage } from '../../../views/procedure/procedure-page.ts'
import { type ProcedureId, procedureId } from '../../domain/ids.ts'
import type { RegistryService } from '../../service/registry.ts'
import type { DataCharts } from './data-charts.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'

type Deps = {
  registry: Pick<RegistryService, 'procedureRecord' | 'procedureYields' | 'fleet'>
  door: PageDoor
  charts: DataCharts
}

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({ width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width) })

/** All stations of the fleet stand on its own page: here those that are wrong, and some that are not. */
const mostStations = 25

export function procedurePages(app: FastifyInstance, { registry, door, charts }: Deps): void {
  app.get('/procedures/:id', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const asked = params.parse(request.params)
    const id = procedureId.safeParse(asked.id).data
    const procedure = id ? await registry.procedureRecord(id) : null
    if (!id || !procedure) return notFound(asked.id, opened, reply)
    const fleet = await registry.fleet({
      site: null,
      line: null,
      procedure: id,
      trouble: null,
      search: null,
      page: 1,
    })
    const shown = {
      fleet: { ...fleet, rows: fleet.rows.slice(0, mostStations) },
      charts: await charts.drawn((await chartsOf(id)) ?? [], `${opened.frame.base}/procedures/${id}/charts`),
    }
    return door.html(reply, 200, procedurePage(procedure, shown, opened.frame))
  })

  app.get('/procedures/:id/charts/:file', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const { id: asked, file } = params.parse(request.params)
    const id = procedureId.safeParse(asked).data
    const own = id ? await chartsOf(id) : null
    if (own === null) return notFound(asked, opened, reply)
    const { width } = query.parse(request.query)
    return charts.send(own, { file, width }, { door, opened, reply })
  })

  async function chartsOf(id: ProcedureId): Promise<DataChart[] | null> {
    const yields = await registry.procedureYields(id)
    return yields && [yieldChart(yields, { marked: 'the end of a rollout, or the start of a live one' })]
  }

  function notFound(asked: string, opened: Opened, reply: FastifyReply): FastifyReply {
    const lines = [
      `Expected the id of a procedure, got “${asked}”, which is none here.`,
      'Choose one from the list of all rollouts and procedures.',
    ]
    return door.missing(reply, opened, { title: 'No such procedure', lines })
  }
}
