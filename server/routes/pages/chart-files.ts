// Each chart of a rollout by its address: as a picture, as the data behind it, and as what a browser draws by itself.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import type { ChartKind } from '../../../views/charts/chart-kind.ts'
import { titled } from '../../../views/charts/chart-title.ts'
import { shownGate } from '../../../views/charts/gate-differences.ts'
import { rolloutChartList } from '../../../views/charts/rollout-chart-list.ts'
import { standaloneChart } from '../../../views/draw-chart.ts'
import { messagePage } from '../../../views/message-page.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { RolloutCharts } from '../../domain/rollout-charts.ts'
import { noSuchRollout, type OpenedRollout, openRollout } from './asked-rollout.ts'
import {
  type ChartFormat,
  chartFormats,
  fileOf,
  objects,
  tableText,
  tooManyPictures,
} from './chart-formats.ts'
import { type PageDoor, unlisted } from './door.ts'
import { rememberedPictures } from './remembered-pictures.ts'
import type { RolloutSources } from './rollout-sources.ts'

type Deps = Pick<RolloutSources, 'charts' | 'drawPicture'> & { door: PageDoor }

export function chartFiles(app: FastifyInstance, { charts, drawPicture, door }: Deps): void {
  const draw = rememberedDrawing()
  const pictures = rememberedPictures(drawPicture)

  app.get('/rollouts/:id/charts/:file', unlisted, async (request, reply) => {
    const found = await openRollout(door, request, reply)
    if (!found) return reply
    const { name, format } = fileOf(found.asked.file)
    const kind = rolloutChartList.find((each) => each.name === name)
    if (!kind || !format) return noSuchChart(found, reply)
    const data = await charts(found.id, found.asked.range)
    if (!data) return noSuchRollout(door, reply, found)
    return answer(reply, format, { kind, data, found })
  })

  async function answer(reply: FastifyReply, format: ChartFormat, chart: Chart): Promise<FastifyReply> {
    const { kind, data, found } = chart
    const gate = shownGate(data, found.asked.gate)
    const alone = titled(kind.spec(data, serverFrame, gate), kind.title(gate))
    const name = `${kind.name}-${found.id}`
    switch (format) {
      case 'vl.json': {
        const { width, brush } = found.asked
        return reply.send(kind.spec(data, { width, zone: 'local', brush }, gate))
      }
      case 'svg': {
        const { svg } = await draw(alone, kind.summary(data, gate))
        return reply.type('image/svg+xml; charset=utf-8').send(standaloneChart(svg))
      }
      case 'png': {
        const picture = await pictures(alone)
        if (picture === null) return busy(found, reply)
        return reply
          .type('image/png')
          .header('content-disposition', `inline; filename="${name}.png"`)
          .send(picture)
      }
      case 'csv':
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.csv"`)
          .send(tableText(kind.table(data, gate)))
      case 'json':
        return reply.send({
          rollout: found.id,
          chart: kind.name,
          title: kind.title(gate),
          about: kind.caption(data, gate),
          from: new Date(data.from).toISOString(),
          to: new Date(data.to).toISOString(),
          whole: !data.isPart,
          rows: objects(kind.table(data, gate)),
        })
    }
  }

  function noSuchChart({ asked, opened }: OpenedRollout, reply: FastifyReply): FastifyReply {
    const names = rolloutChartList.map(({ name }) => name).join(', ')
    const endings = chartFormats.map((format) => `.${format}`).join(', ')
    const lines = [`Expected one of ${names}, ending in one of ${endings}; got “${asked.file}”.`]
    return door.missing(reply, opened, { title: 'No such chart', lines })
  }

  function busy({ opened }: OpenedRollout, reply: FastifyReply): FastifyReply {
    reply.header('retry-after', '30')
    return door.html(reply, 503, messagePage(tooManyPictures, opened.frame))
  }
}

type Chart = { kind: ChartKind; data: RolloutCharts; found: OpenedRollout }
