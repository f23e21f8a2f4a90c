// Charts of a page, drawn for it, and each by its address: as a picture, and as the data behind it.
import type { FastifyReply } from 'fastify'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import { titled } from '../../../views/charts/chart-title.ts'
import type { DataChart } from '../../../views/charts/data-chart.ts'
import { standaloneChart } from '../../../views/draw-chart.ts'
import { messagePage } from '../../../views/message-page.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { PageChart } from '../../../views/rollout/charts.ts'
import type { DrawPicture } from '../../picture-drawer.ts'
import { chartFormats, fileOf, objects, tableText, tooManyPictures } from './chart-formats.ts'
import type { Opened, PageDoor } from './door.ts'
import { rememberedPictures } from './remembered-pictures.ts'

export type DataCharts = ReturnType<typeof dataCharts>

type Asked = { file: string; width: number }

/** One for all pages: what it has drawn it keeps. */
export function dataCharts(drawPicture: DrawPicture) {
  const draw = rememberedDrawing()
  const pictures = rememberedPictures(drawPicture)

  /** @param folder address of the charts, such as /stations/ID/charts */
  function drawn(charts: DataChart[], folder: string): Promise<PageChart[]> {
    return Promise.all(
      charts.map(async ({ name, title, caption, summary, spec }) => {
        const address = (format: string) => `${folder}/${encodeURIComponent(name)}.${format}`
        return {
          ...{ name, title, caption, summary },
          files: ['svg', 'png', 'csv', 'json'].map((format) => ({ format, url: address(format) })),
          specUrl: address('vl.json'),
          ...(await draw(spec(serverFrame), summary)),
        }
      }),
    )
  }

  async function send(
    charts: DataChart[],
    { file, width }: Asked,
    { door, opened, reply }: { door: PageDoor; opened: Opened; reply: FastifyReply },
  ): Promise<FastifyReply> {
    const { name, format } = fileOf(file)
    const chart = charts.find((each) => each.name === name)
    if (!chart || !format) return door.missing(reply, opened, noSuchChart(charts, file))
    const alone = titled(chart.spec(serverFrame), chart.title)
    switch (format) {
      case 'vl.json':
        return reply.send(chart.spec({ width, zone: 'local' }))
      case 'svg': {
        const { svg } = await draw(alone, chart.summary)
        return reply.type('image/svg+xml; charset=utf-8').send(standaloneChart(svg))
      }
      case 'png': {
        const picture = await pictures(alone)
        if (picture !== null)
          return reply
            .type('image/png')
            .header('content-disposition', `inline; filename="${name}.png"`)
            .send(picture)
        reply.header('retry-after', '30')
        return door.html(reply, 503, messagePage(tooManyPictures, opened.frame))
      }
      case 'csv':
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}.csv"`)
          .send(tableText(chart.table))
      case 'json':
        return reply.send({
          chart: name,
          title: chart.title,
          about: chart.caption,
          rows: objects(chart.table),
        })
    }
  }

  return { drawn, send }
}

function noSuchChart(charts: DataChart[], file: string): { title: string; lines: string[] } {
  const names = charts.map(({ name }) => name).join(', ')
  const endings = chartFormats.map((each) => `.${each}`).join(', ')
  const line =
    names === ''
      ? `There is no chart here yet: nothing has run. Got “${file}”.`
      : `Expected one of ${names}, ending in one of ${endings}; got “${file}”.`
  return { title: 'No such chart', lines: [line] }
}
