// The page of replays: asked for by a plain form, followed while one is under way, kept for whoever comes later.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import { foundDropsChart, foundDropsSummary } from '../../../views/charts/found-drops.ts'
import { standaloneChart } from '../../../views/draw-chart.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { Predicted } from '../../../views/replay/predicted.ts'
import { replayPage } from '../../../views/replay/replay-page.ts'
import { type FoundRow, foundTable } from '../../domain/backtest/found-table.ts'
import { type ReplayAsked, replayAsked } from '../../domain/backtest/replay-asked.ts'
import { deploymentId, type ProcedureId, procedureId } from '../../domain/ids.ts'
import { isRefusal } from '../../domain/rollout/commands.ts'
import type { ProcedureSummary, Service } from '../../service.ts'
import { csv } from '../csv.ts'
import { predictedYieldCsv } from '../predicted-yield.ts'
import { snakeCase } from '../snake-case.ts'
import { type Opened, type PageDoor, unlisted } from './door.ts'

export type ReplaySources = Pick<
  Service,
  'replays' | 'startReplay' | 'predictedYield' | 'procedure' | 'deployments'
>
type Deps = { replay: ReplaySources; door: PageDoor }

const params = z.object({ id: z.string(), file: z.string().default('') })
const query = z.object({
  preset: z.string().optional().catch(undefined),
  risk_class: z.string().optional().catch(undefined),
  days: z.string().optional().catch(undefined),
  rollouts: z.string().optional().catch(undefined),
  run: z.string().optional().catch(undefined),
  deployment: z.string().optional().catch(undefined),
})
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
    const said = query.parse(request.query)
    const asked = askedBy(said)
    const wants = said.run !== undefined && asked !== null && opened.reader.kind === 'person'
    const begun =
      wants && opened.reader.kind === 'person'
        ? await replay.startReplay(procedure.id, asked, opened.reader.actor)
        : null
    // Asked for again, the address would begin another one.
    if (begun && !isRefusal(begun))
      return reply.redirect(`${opened.frame.base}/procedures/${procedure.id}/replay`, 303)
    const kept = (await replay.replays(procedure.id)) ?? { ended: null, open: null }
    if (kept.open) reply.header('refresh', refreshSeconds)
    const rows = await rowsOf(procedure.id)
    const page = {
      ...kept,
      procedure,
      asked: asked ?? kept.open?.asked ?? kept.ended?.asked ?? usual,
      refused: begun ?? (said.run !== undefined && asked === null ? unreadable : null),
      chart:
        rows.length === 0
          ? null
          : {
              svg: (await draw(foundDropsChart(rows, serverFrame), foundDropsSummary(rows))).svg,
              address: `${opened.frame.base}/procedures/${procedure.id}/replay/found`,
            },
      predicted: await predictedFor(procedure, said, opened.frame.base),
    }
    return door.html(reply, 200, replayPage(page, opened.frame))
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
const unreadable = {
  why: 'expected a plan and gates that exist, 15 to 180 days, and 5 to 200 rollouts',
  next: 'Choose again.',
}
const noBuild = { why: 'the procedure has no such build', next: 'Choose one of the list.' }

/** Null: it cannot be read. What is left out is as usual. */
function askedBy({ preset, risk_class: riskClass, days, rollouts }: Query): ReplayAsked | null {
  const given = { preset, riskClass, days: numberOf(days), rollouts: numberOf(rollouts) }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  if (Object.keys(said).length === 0) return null
  return replayAsked.safeParse(said).data ?? null
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
