// The page of a rollout's containment list, and the list as a table.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { containmentPage, type ShownList } from '../../../views/containment/containment-page.ts'
import { type SigningOff, signOffForm } from '../../../views/containment/sign-off-form.ts'
import type { Actor } from '../../domain/actor.ts'
import { type RolloutId, rolloutId, runId } from '../../domain/ids.ts'
import { isRefusal } from '../../domain/rollout/commands.ts'
import type { RolloutView } from '../../domain/rollout-view.ts'
import type { PersonReading } from '../../page-access.ts'
import type { PageRights } from '../../page-rights.ts'
import type { ContainmentService } from '../../service/containment.ts'
import { containmentCsv } from '../containment-csv.ts'
import { refusalBody, refusalStatus } from '../errors.ts'
import { formOf, type Opened, type PageDoor, unlisted } from './door.ts'
import { noRollout } from './no-rollout.ts'

export type ContainmentSources = {
  rollout: (id: RolloutId) => Promise<RolloutView | null>
  containment: ContainmentService
}

const params = z.object({ id: z.string() })
const query = z.object({
  list: z.enum(['escapes', 'false scrap']).optional().catch(undefined),
  open: z.literal('true').optional().catch(undefined),
  after: runId.optional().catch(undefined),
})
type Asked = z.infer<typeof query>
const kinds = ['escapes', 'false scrap'] as const

/** Of a list alone, and of each where both are shown. */
const unitsOfOne = 150
const unitsOfEach = 50

export function containmentPages(
  app: FastifyInstance,
  {
    rollout,
    containment: service,
    rights,
    door,
  }: ContainmentSources & { rights: PageRights; door: PageDoor },
): void {
  app.get('/rollouts/:id/containment', unlisted, async (request, reply) => {
    const { id: text } = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: text })
    return opened ? page(request, reply, opened, { status: 200, refused: null }) : reply
  })

  app.post('/rollouts/:id/containment', unlisted, async (request, reply) => {
    const { id: text } = params.parse(request.params)
    const opened = await door.openForm(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    const view = id ? await rollout(id) : null
    if (!id || !view) return noRollout(door, reply, opened, text)
    const { note = '', digest = '', name = '' } = formOf(request)
    const no = (status: number, line: string) =>
      page(request, reply, opened, { status, refused: { line, note, name } })
    const allowed = await rights.mayAct(opened.reader, ['acknowledge'], view)
    if ('refused' in allowed) return no(403, allowed.refused)
    const by = signer(opened.reader, allowed.actor, name)
    if (by === null) return no(422, 'Expected your name, got none: it is kept with the list.')
    const done = await service.signOffContainment(id, { note: note.slice(0, 1000), digest }, by)
    request.log.info(
      { by: by.id, rollout: id, decision: isRefusal(done) ? done.refused : 'done' },
      'a containment list',
    )
    if (isRefusal(done)) return no(refusalStatus[done.refused], refusalBody(done).message)
    return reply.redirect(`${opened.frame.base}/rollouts/${id}/containment`, 303)
  })

  app.get('/rollouts/:id/containment.csv', unlisted, async (request, reply): Promise<FastifyReply> => {
    const { id: text } = params.parse(request.params)
    const opened = await door.open(request, reply, { rollout: text })
    if (!opened) return reply
    const id = rolloutId.safeParse(text).data
    if (!id || !(await rollout(id))) return noRollout(door, reply, opened, text)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="containment-${id}.csv"`)
      .send(containmentCsv(service, id, { list: null, open: false }))
  })

  async function page(
    request: FastifyRequest,
    reply: FastifyReply,
    opened: Opened,
    { status, refused }: { status: number; refused: SigningOff['refused'] },
  ): Promise<FastifyReply> {
    const { id: text } = params.parse(request.params)
    const asked = query.parse(request.query)
    const id = rolloutId.safeParse(text).data
    if (!id) return noRollout(door, reply, opened, text)
    const [view, list, lists] = await Promise.all([
      rollout(id),
      service.containment(id),
      Promise.all((asked.list ? [asked.list] : kinds).map((kind) => listOf(id, kind, asked, opened))),
    ])
    if (!view || !list) return noRollout(door, reply, opened, text)
    const address = (of: Asked) => addressOf(id, of, opened)
    const { list: kind, open } = asked
    const urls = {
      both: address({ open }),
      escapes: address({ list: 'escapes', open }),
      falseScrap: address({ list: 'false scrap', open }),
      openOnly: address({ list: kind, open: open ? undefined : 'true' }),
      csv: `${opened.frame.base}/rollouts/${id}/containment.csv`,
    }
    const isNamed = opened.reader.kind === 'person' && opened.reader.slack !== null
    const form = signOffForm(list, { isNamed, refused }, opened.frame)
    const shown = { list, lists, open: open === 'true', urls, form }
    return door.html(reply, status, containmentPage(view, shown, opened.frame))
  }

  async function listOf(
    id: RolloutId,
    list: ShownList['list'],
    { list: only, open, after }: Asked,
    opened: Opened,
  ): Promise<ShownList> {
    const limit = only ? unitsOfOne : unitsOfEach
    const from = only === undefined ? null : (after ?? null)
    const page = await service.containedUnits(id, { list, open: open === 'true', after: from, limit })
    const next = page?.next ?? null
    const moreUrl = next && addressOf(id, { list, open, after: next }, opened)
    return { list, units: page?.units ?? [], moreUrl }
  }
}

/** Slack knows the name; at this machine alone a person writes it. Null: nobody has said who they are. */
function signer({ slack }: PersonReading, actor: Actor, written: string): Actor | null {
  if (slack !== null) return actor
  const name = written.trim().slice(0, 60)
  return name === '' ? null : { ...actor, name: `${name}, at this machine` }
}

function addressOf(id: RolloutId, { list, open, after }: Asked, { frame }: Opened): string {
  const given = Object.entries({ list, open, after }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  return `${frame.base}/rollouts/${id}/containment${given.length === 0 ? '' : `?${new URLSearchParams(given)}`}`
}
