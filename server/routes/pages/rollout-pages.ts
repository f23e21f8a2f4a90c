// The page of a rollout.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import type { ChartKind } from '../../../views/charts/chart-kind.ts'
import { gatesOf, shownGate } from '../../../views/charts/gate-differences.ts'
import { rolloutChartList } from '../../../views/charts/rollout-chart-list.ts'
import { rememberedDrawing } from '../../../views/remembered-drawing.ts'
import type { GateLink, PageChart } from '../../../views/rollout/charts.ts'
import { rolloutPage } from '../../../views/rollout/rollout-page.ts'
import type { RolloutCharts } from '../../domain/rollout-charts.ts'
import {
  type AskedRollout,
  noSuchRollout,
  type OpenedRollout,
  openRollout,
  openRolloutForm,
  rolloutQuery,
} from './asked-rollout.ts'
import { type PageDoor, unlisted } from './door.ts'
import { type Decided, type DecisionDeps, rolloutDecisions } from './rollout-decisions.ts'
import type { RolloutSources } from './rollout-sources.ts'

type Deps = RolloutSources & DecisionDeps & { door: PageDoor }

export function rolloutPages(app: FastifyInstance, deps: Deps): void {
  const { rollout, charts, events, retests, containment, mark, door } = deps
  const draw = rememberedDrawing()
  const decide = rolloutDecisions(deps)

  app.get('/rollouts/:id', unlisted, async (request, reply) => {
    const found = await openRollout(door, request, reply)
    if (!found) return reply
    const outcome = decide.toldOnce(request, reply, found.id)
    return page(found, reply, { status: 200, outcome, written: null })
  })

  app.post('/rollouts/:id', unlisted, async (request, reply) => {
    const found = await openRolloutForm(door, request, reply)
    if (!found) return reply
    const view = await rollout(found.id)
    if (!view) return noSuchRollout(door, reply, found)
    const refused = await decide.take(request, reply, found.opened.reader, view)
    return refused === null ? reply : page(found, reply, refused)
  })

  /** @param decided what a form came to, and what stood in it, where one was sent. */
  async function page(found: OpenedRollout, reply: FastifyReply, decided: Decided): Promise<FastifyReply> {
    const { id, asked, opened } = found
    // Before the rest: what changes in the meantime is told once more rather than missed.
    const marked = await mark(id)
    const [view, data, record, retested, contained] = await Promise.all([
      rollout(id),
      charts(id, asked.range),
      events(id),
      retests(id),
      containment.containment(id, true),
    ])
    if (!view) return noSuchRollout(door, reply, found)
    const below = (path: string) => `${encodeURIComponent(asked.id)}/${path}`
    const shown = {
      charts: data ? await Promise.all(rolloutChartList.map((kind) => drawnChart(kind, data, asked))) : [],
      gates: data ? gateLinks(data, asked) : [],
      range: data && {
        ...armsOf(data),
        from: data.from,
        to: data.to,
        isPart: data.isPart,
        gate: asked.gate ?? null,
        wholeUrl: `${below('').slice(0, -1)}${rolloutQuery({ gate: asked.gate, range: null })}#charts`,
      },
      failures: data?.failures
        ? {
            ...data.failures,
            jsonUrl: below(`failures/failures.json${rolloutQuery({ range: asked.range })}`),
            csvUrl: below(`failures/failures.csv${rolloutQuery({ range: asked.range })}`),
          }
        : null,
      stationsUrl: below('stations/stations.csv'),
      recordUrl: below('record/record.csv'),
      events: record,
      pairs: retested?.pairs ?? [],
      contained,
      live: { url: below('live'), mark: marked ?? '' },
      deciding: await decide.drawn(opened.reader, view, decided),
    }
    return door.html(reply, decided.status, rolloutPage(view, shown, opened.frame))
  }

  async function drawnChart(kind: ChartKind, data: RolloutCharts, asked: AskedRollout): Promise<PageChart> {
    const gate = shownGate(data, asked.gate)
    const summary = kind.summary(data, gate)
    const parameters = rolloutQuery({ gate: kind.ofGate ? gate : undefined, range: asked.range })
    const address = (format: string) =>
      `${encodeURIComponent(asked.id)}/charts/${kind.name}.${format}${parameters}`
    return {
      name: kind.name,
      title: kind.title(gate),
      caption: kind.caption(data, gate),
      summary,
      files: ['svg', 'png', 'csv', 'json'].map((format) => ({ format, url: address(format) })),
      specUrl: address('vl.json'),
      ...(await draw(kind.spec(data, serverFrame, gate), summary)),
    }
  }
}

/** Addresses of this page, one for each gate that can be drawn. */
function gateLinks(data: RolloutCharts, { gate: asked, range }: AskedRollout): GateLink[] {
  const shown = shownGate(data, asked)
  return gatesOf(data).map(({ gate }) => ({
    gate,
    url: `${rolloutQuery({ gate, range })}#charts`,
    isShown: gate === shown,
  }))
}

/** What was counted in the time that is looked at. */
function armsOf({ hours }: RolloutCharts) {
  const ofArm = (arm: 'canary' | 'base') => {
    const own = hours.filter((each) => each.arm === arm)
    return {
      units: own.reduce((sum, { units }) => sum + units, 0),
      passed: own.reduce((sum, { passed }) => sum + passed, 0),
      runs: own.reduce((sum, { runs }) => sum + runs, 0),
    }
  }
  return { canary: ofArm('canary'), base: ofArm('base') }
}
