// The page of a build, and its charts.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { buildPage } from '../../../views/build/build-page.ts'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import type { DataChart } from '../../../views/charts/data-chart.ts'
import { outcomesChart, yieldChart } from '../../../views/charts/registry-charts.ts'
import { type DeploymentId, deploymentId } from '../../domain/ids.ts'
import type { RegistryService } from '../../service/registry.ts'
import type { DataCharts } from './data-charts.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'

type Deps = {
  registry: Pick<RegistryService, 'buildDetail' | 'buildDays'>
  door: PageDoor
  charts: DataCharts
}

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({
  /** The build that it is compared with. */
  against: deploymentId.nullable().catch(null).default(null),
  width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width),
})

export function buildPages(app: FastifyInstance, { registry, door, charts }: Deps): void {
  app.get('/deployments/:id', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const asked = params.parse(request.params)
    const id = deploymentId.safeParse(asked.id).data
    const build = id ? await registry.buildDetail(id, query.parse(request.query).against) : null
    if (!id || !build) return notFound(asked.id, opened, reply)
    const drawn = build.runs.total === 0 ? [] : ((await chartsOf(id)) ?? [])
    const shown = await charts.drawn(drawn, `${opened.frame.base}/deployments/${id}/charts`)
    return door.html(reply, 200, buildPage(build, shown, opened.frame))
  })

  app.get('/deployments/:id/charts/:file', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const { id: asked, file } = params.parse(request.params)
    const id = deploymentId.safeParse(asked).data
    const own = id ? await chartsOf(id) : null
    if (own === null) return notFound(asked, opened, reply)
    const { width } = query.parse(request.query)
    return charts.send(own, { file, width }, { door, opened, reply })
  })

  async function chartsOf(id: DeploymentId): Promise<DataChart[] | null> {
    const days = await registry.buildDays(id)
    return days && [yieldChart(days, { marked: null }), outcomesChart(days)]
  }

  function notFound(asked: string, opened: Opened, reply: FastifyReply): FastifyReply {
    const lines = [
      `Expected the id of a build, got “${asked}”, which is none here.`,
      'Choose one on the page of its procedure.',
    ]
    return door.missing(reply, opened, { title: 'No such build', lines })
  }
}
