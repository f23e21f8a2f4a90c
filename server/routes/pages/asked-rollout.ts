// What the address of a rollout's page asks for, and the addresses that ask for the same in another form.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { serverFrame } from '../../../views/charts/chart-frame.ts'
import { type RolloutId, rolloutId } from '../../domain/ids.ts'
import { type TimeRange, wholeHours } from '../../domain/time-range.ts'
import type { PageScope } from '../../page-access.ts'
import type { Opened, OpenedForm, PageDoor } from './door.ts'
import { noRollout } from './no-rollout.ts'

const params = z.object({ id: z.string(), file: z.string().default('') })
/** As a form's field writes it, without a zone: then it is UTC, as everything is that no script has touched. */
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d/)
  .transform((text) => Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`))
  .refine(Number.isFinite)
const query = z.object({
  /** The width a reader's browser has for the chart, in pixels. */
  width: z.coerce.number().int().min(240).max(2400).catch(serverFrame.width),
  /** The gate whose difference and evidence are drawn. */
  gate: z.string().optional().catch(undefined),
  /** The stretch of time that is looked at. */
  from: moment.optional().catch(undefined),
  to: moment.optional().catch(undefined),
  /** The reader has a pointer that can draw a stretch of time. */
  brush: z.literal('1').optional().catch(undefined),
})

export type AskedRollout = {
  /** As it was written, which may be no id at all. */
  id: string
  file: string
  width: number
  gate: string | undefined
  range: TimeRange | null
  brush: boolean
}
export type OpenedRollout<By extends Opened = Opened> = { id: RolloutId; asked: AskedRollout; opened: By }

/** Null: the answer is already sent. */
export async function openRollout(
  door: PageDoor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenedRollout | null> {
  return openedBy(door.open, door, request, reply)
}

/** For what a person sends with a form of its page. Null: the answer is already sent. */
export async function openRolloutForm(
  door: PageDoor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenedRollout<OpenedForm> | null> {
  return openedBy(door.openForm, door, request, reply)
}

async function openedBy<By extends Opened>(
  open: (request: FastifyRequest, reply: FastifyReply, scope: PageScope) => Promise<By | null>,
  door: PageDoor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenedRollout<By> | null> {
  const { from, to, brush, ...asked } = { ...params.parse(request.params), ...query.parse(request.query) }
  const opened = await open(request, reply, { rollout: asked.id })
  if (!opened) return null
  const found = {
    ...asked,
    gate: asked.gate,
    range: wholeHours(from ?? null, to ?? null),
    brush: brush === '1',
  }
  const id = rolloutId.safeParse(asked.id).data
  if (id) return { id, asked: found, opened }
  noSuchRollout(door, reply, { asked: found, opened })
  return null
}

export function noSuchRollout(
  door: PageDoor,
  reply: FastifyReply,
  { asked, opened }: Pick<OpenedRollout, 'asked' | 'opened'>,
): FastifyReply {
  return noRollout(door, reply, opened, asked.id)
}

/** Relative to the page, so that who may see it may see these too. `?` and what it asks for, or nothing. */
export function rolloutQuery(asked: { gate?: string | undefined; range: TimeRange | null }): string {
  const parameters = new URLSearchParams()
  if (asked.gate !== undefined) parameters.set('gate', asked.gate)
  if (asked.range) {
    parameters.set('from', new Date(asked.range.from).toISOString())
    parameters.set('to', new Date(asked.range.to).toISOString())
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
