// The page of replays: asked for by a plain form, followed while one is under way, kept for whoever comes later.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import { foundDropsChart, foundDropsSummary } from '../../../views/charts/found-drops.ts'
import { standaloneChart } from '../../../views/draw-chart.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { Predicted } from '../../../views/replay/predicted.ts'
import { type ReplayPage, replayPage } from '../../../views/replay/replay-page.ts'
import { type FoundRow, foundTable } from '../../domain/backtest/found-table.ts'
import { type ReplayAsked, replayAsked } from '../../domain/backtest/replay-asked.ts'
import { deploymentId, type ProcedureId, procedureId } from '../../domain/ids.ts'
import { isRefusal, type Refusal } from '../../domain/rollout/commands.ts'
import type { ProcedureSummary, Service } from '../../service.ts'
import { csv } from '../csv.ts'
import { refusalStatus } from '../errors.ts'
import { predictedYieldCsv } from '../predicted-yield.ts'
import { snakeCase } from '../snake-case.ts'
import { formOf, type Opened, type PageDoor, unlisted } from './door.ts'

export type ReplaySources = Pick<
  Service,
  'replays' | 'startReplay' | 'predictedYield' | 'procedure' | 'deployments'
>
type Deps = { replay: ReplaySources; door: PageDoor }

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({ deployment: z.string().optional().catch(undefined) })
type Query = z.infer<typeof query>

const refreshSeconds = '3'
const mostBuilds = 100

export function replayPages(app: FastifyInstance, { replay, door }: Deps): void {
  const draw = rememberedDrawing()

  app.get('/procedures/:id/replay', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const procedure = await procedureOf(request)
    if (!procedure) return noProcedure(request, reply, opened)
    return page(request, reply, opened, { procedure, asked: null, refused: null })
  })

  app.post('/procedures/:id/replay', unlisted, async (request, reply) => {
    const opened = await door.openForm(request, reply, 'everything')
    if (!opened) return reply
    const procedure = await procedureOf(request)
    if (!procedure) return noProcedure(request, reply, opened)
    const asked = askedBy(formOf(request))
    const begun =
      asked === null ? unreadable : await replay.startReplay(procedure.id, asked, opened.reader.actor)
    if (isRefusal(begun)) return page(request, reply, opened, { procedure, asked, refused: begun })
    return reply.redirect(`${opened.frame.base}/procedures/${procedure.id}/replay`, 303)
  })

  app.get('/procedures/:id/replay/:file', unlisted, async (request, reply) => {
    const opened = await door.open(request, reply, 'everything')
    if (!opened) return reply
    const procedure = await procedureOf(request)
    if (!procedure) return noProcedure(request, reply, opened)
    const { file } = params.parse(request.params)
    const said = query.parse(request.query)
    if (file === 'predicted.csv') return predictedTable(said, reply)
    const rows = await rowsOf(procedure.id)
    if (file === 'found.json') return reply.send(snakeCase({ data: rows }))
    if (file === 'found.csv') return table(reply, 'found', foundCsv(rows))
    if (file !== 'found.svg') return reply.callNotFound()
    const { svg } = await draw(foundDropsChart(rows, serverFrame), foundDropsSummary(rows))
    return reply.type('image/svg+xml; charset=utf-8').send(standaloneChart(svg))
  })

  async function page(
    request: FastifyRequest,
    reply: FastifyReply,
    { frame }: Opened,
    shown: Pick<ReplayPage, 'procedure' | 'refused'> & {
      procedure: ProcedureSummary
      asked: ReplayAsked | null
    },
  ): Promise<FastifyReply> {
    const { procedure, asked, refused } = shown
    const kept = (await replay.replays(procedure.id)) ?? { ended: null, open: null }
    if (kept.open) reply.header('refresh', refreshSeconds)
    const rows = await rowsOf(procedure.id)
    const drawn = async () => (await draw(foundDropsChart(rows, serverFrame), foundDropsSummary(rows))).svg
    const found = {
      ...kept,
      procedure,
      asked: asked ?? kept.open?.asked ?? kept.ended?.asked ?? usual,
      refused,
      chart:
        rows.length === 0
          ? null
          : { svg: await drawn(), address: `${frame.base}/procedures/${procedure.id}/replay/found` },
      predicted: await predictedFor(procedure, query.parse(request.query), frame.base),
    }
    return door.html(reply, refused ? refusalStatus[refused.refused] : 200, replayPage(found, frame))
  }

  async function procedureOf(request: FastifyRequest): Promise<ProcedureSummary | null> {
    const id = procedureId.safeParse(params.parse(request.params).id).data
    return id ? replay.procedure(id) : null
  }

  async function rowsOf(id: ProcedureId): Promise<FoundRow[]> {
    const report = (await replay.replays(id))?.ended?.result?.report
    return report ? foundTable(report) : []
  }

  async function predictedFor(procedure: ProcedureSummary, said: Query, base: string): Promise<Predicted> {
    const builds = (await replay.deployments(procedure.id)).slice(0, mostBuilds)
    const chosen = deploymentId.safeParse(said.deployment).data ?? null
    const isOwn = chosen !== null && builds.some(({ id }) => id === chosen)
    const found = isOwn ? await replay.predictedYield(chosen) : null
    const strange = said.deployment !== undefined && said.deployment !== '' && !isOwn
    return {
      builds: builds.filter(({ id }) => id !== procedure.activeDeployment?.id),
      chosen,
      found: strange ? noBuild : found,
      csvUrl: `${base}/procedures/${procedure.id}/replay/predicted.csv?${new URLSearchParams({ deployment: chosen ?? '' })}`,
    }
  }

  async function predictedTable(said: Query, reply: FastifyReply): Promise<FastifyReply> {
    const id = deploymentId.safeParse(said.deployment).data
    const found = id ? await replay.predictedYield(id) : null
    if (!found || isRefusal(found)) {
      reply.callNotFound()
      return reply
    }
    return table(reply, 'predicted-yield', predictedYieldCsv(found))
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

const usual: ReplayAsked = replayAsked.parse({})
const unreadable: Refusal = {
  refused: 'invalid',
  why: 'expected a plan and gates that exist, 15 to 180 days, and 5 to 200 rollouts',
  next: 'Choose again.',
}
const noBuild = { why: 'the procedure has no such build', next: 'Choose one of the list.' }

/** Null: it cannot be read. What is left out is as usual. */
function askedBy({ preset, risk_class: riskClass, days, rollouts }: Partial<Record<string, string>>) {
  const given = { preset, riskClass, days: numberOf(days), rollouts: numberOf(rollouts) }
  return replayAsked.safeParse(given).data ?? null
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

function foundCsv(rows: FoundRow[]): string {
  return csv([
    ['canary', 'drop_points', 'replays', 'found', 'share', 'median_first_attempts'],
    ...rows.map((row) => [
      row.canary,
      row.dropPoints,
      row.replays,
      row.found,
      Number(row.share.toFixed(4)),
      row.medianFirstAttempts ?? '',
    ]),
  ])
}

function table(reply: FastifyReply, name: string, content: string): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(content)
}
