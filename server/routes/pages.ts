// The pages of rollouts: HTML, chart pictures and their data, and the files they load. Read-only, behind a signed link.
// For `hide`, which keeps the pages out of the description of the HTTP API.
import type {} from '@fastify/swagger'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { loadPageAssets } from '../../views/assets/page-assets.ts'
import { serverFrame } from '../../views/charts/chart-frame.ts'
import { gatesOf, shownGate } from '../../views/charts/gate-differences.ts'
import { type ChartKind, rolloutChartList } from '../../views/charts/rollout-chart-list.ts'
import { standaloneChart } from '../../views/draw-chart.ts'
import { messagePage } from '../../views/message-page.ts'
import { rememberedDrawing } from '../../views/remembered-drawing.ts'
import { rolloutPage } from '../../views/rollout-page.ts'
import type { GateLink, PageChart } from '../../views/sections/charts.ts'
import { type RolloutId, rolloutId } from '../domain/ids.ts'
import type { RetestPair } from '../domain/retests.ts'
import type { RolloutEvent } from '../domain/rollout/events.ts'
import type { RolloutCharts } from '../domain/rollout-charts.ts'
import type { RolloutView } from '../domain/rollout-view.ts'
import { rolloutFailuresCsv } from './failures-csv.ts'
import { snakeCase } from './snake-case.ts'

type PageSources = {
  rollout: (id: RolloutId) => Promise<RolloutView | null>
  charts: (id: RolloutId) => Promise<RolloutCharts | null>
  events: (id: RolloutId) => Promise<(RolloutEvent & { sequence: number })[]>
  retests: (id: RolloutId) => Promise<{ pairs: RetestPair[] } | null>
  /** Whether this link's key opens this rollout's page; asked before anything is looked up. */
  mayRead: (request: { id: string; key: string | undefined }) => boolean
}

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({
  key: z.string().optional().catch(undefined),
  /** The width a reader's browser has for the chart, in pixels. */
  width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width),
  /** The gate whose difference and evidence are drawn. */
  gate: z.string().optional().catch(undefined),
})
type Asked = z.infer<typeof params> & z.infer<typeof query>

// Vega writes styles into its drawings; scripts come from files of our own and evaluate nothing.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  // The key is part of the address.
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-cache',
}

export function pageRoutes({ rollout, charts, events, retests, mayRead }: PageSources): FastifyPluginAsync {
  return async (app) => {
    const assets = await loadPageAssets()
    const draw = rememberedDrawing()
    const unlisted = { schema: { hide: true } }

    app.get('/rollouts/:id', unlisted, async (request, reply) => {
      const asked = askedFor(request)
      const id = openId(asked, reply)
      if (!id) return reply
      const [view, data, record, retested] = await Promise.all([
        rollout(id),
        charts(id),
        events(id),
        retests(id),
      ])
      if (!view) return notFound(asked, reply)
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
      return html(
        reply,
        200,
        rolloutPage(view, shown, { events: record, pairs: retested?.pairs ?? [] }, assets.urls),
      )
    })

    app.get('/rollouts/:id/failures/:file', unlisted, async (request, reply) => {
      const asked = askedFor(request)
      const id = openId(asked, reply)
      if (!id) return reply
      const found = (await charts(id))?.failures
      if (!found) return notFound(asked, reply)
      reply.headers(pageHeaders)
      if (asked.file === 'failures.json') return reply.send(snakeCase(found))
      if (asked.file !== 'failures.csv') return reply.callNotFound()
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="failures-${id}.csv"`)
        .send(rolloutFailuresCsv(found))
    })

    app.get('/rollouts/:id/charts/:file', unlisted, async (request, reply) => {
      const asked = askedFor(request)
      const id = openId(asked, reply)
      if (!id) return reply
      const [name, format] = asked.file.split('.')
      const kind = rolloutChartList.find((each) => each.name === name)
      if (!kind || (format !== 'svg' && format !== 'json')) return noSuchChart(asked, reply)
      const data = await charts(id)
      if (!data) return notFound(asked, reply)
      const gate = shownGate(data, asked.gate)
      reply.headers(pageHeaders)
      if (format === 'json') return reply.send(kind.spec(data, { width: asked.width, zone: 'local' }, gate))
      const drawing = await draw(kind.spec(data, serverFrame, gate), kind.summary(data, gate))
      return reply.type('image/svg+xml; charset=utf-8').send(standaloneChart(drawing.svg))
    })

    app.get('/assets/:file', unlisted, async (request, reply) => {
      const { file } = params.omit({ id: true }).parse(request.params)
      const asset = assets.files.get(file)
      if (!asset) return reply.callNotFound()
      reply.headers({
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        etag: asset.etag,
        vary: 'accept-encoding',
      })
      if (request.headers['if-none-match']?.includes(asset.etag)) return reply.code(304).send()
      reply.type(asset.type)
      const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
      return zipped ? reply.header('content-encoding', 'gzip').send(asset.zipped) : reply.send(asset.body)
    })

    async function drawnChart(kind: ChartKind, data: RolloutCharts, asked: Asked): Promise<PageChart> {
      const gate = shownGate(data, asked.gate)
      const summary = kind.summary(data, gate)
      const parameters = queryOf({ key: asked.key, gate: kind.ofGate ? gate : undefined })
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

    /** The id when the link opens it; else the answer is already sent. */
    function openId(asked: Asked, reply: FastifyReply): RolloutId | null {
      if (!mayRead({ id: asked.id, key: asked.key })) {
        html(reply, 403, messagePage(closedMessage, assets.urls))
        return null
      }
      const id = rolloutId.safeParse(asked.id)
      if (id.success) return id.data
      notFound(asked, reply)
      return null
    }

    function notFound({ id }: Asked, reply: FastifyReply): FastifyReply {
      const lines = [
        `Expected the id of a rollout, got “${id}”, which is none here.`,
        'Open the page from the rollout’s card in Slack.',
      ]
      return html(reply, 404, messagePage({ title: 'No such rollout', lines }, assets.urls))
    }

    function noSuchChart({ file }: Asked, reply: FastifyReply): FastifyReply {
      const names = rolloutChartList.map(({ name }) => name).join(', ')
      const lines = [`Expected one of ${names}, ending in .svg or .json; got “${file}”.`]
      return html(reply, 404, messagePage({ title: 'No such chart', lines }, assets.urls))
    }
  }
}

/** Addresses of this page, one for each gate that can be drawn. */
function gateLinks(data: RolloutCharts, { key, gate: asked }: Asked): GateLink[] {
  const shown = shownGate(data, asked)
  return gatesOf(data).map(({ gate }) => ({
    gate,
    url: `${queryOf({ key, gate })}#charts`,
    isShown: gate === shown,
  }))
}

/** Beside the page, so that the link that opens it opens these too. */
function failuresAddress({ id, key }: Asked, format: string): string {
  return `${encodeURIComponent(id)}/failures/failures.${format}${queryOf({ key, gate: undefined })}`
}

function queryOf(parameters: { key: string | undefined; gate: string | undefined }): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

const closedMessage = {
  title: 'This link does not open the page',
  lines: [
    'Rollout pages open with the link on their card in Slack; this one has no key, or a key for something else.',
    'Open the page from Slack.',
  ],
}

function askedFor(request: FastifyRequest): Asked {
  return { ...params.parse(request.params), ...query.parse(request.query) }
}

function html(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).headers(pageHeaders).type('text/html; charset=utf-8').send(page)
}
