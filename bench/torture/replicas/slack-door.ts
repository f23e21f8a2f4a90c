// Between Slack and the processes: each request goes to any of them, a third of them to two at once, and every click is noted.
import fastify from 'fastify'
import { z } from 'zod'
import type { Random } from '../../calibrate/random.ts'

/** A button that decides, or a form that was sent, with what it was drawn against. */
export type Click = {
  user: string
  /** The button's action, or the form's callback. */
  action: string
  rolloutId: string
  version: number
}

export type SlackDoor = {
  url: string
  clicks: Click[]
  twice(): number
  close(): Promise<void>
}

export async function slackDoor(urls: string[], random: Random): Promise<SlackDoor> {
  const clicks: Click[] = []
  let twice = 0
  const door = fastify({ forceCloseConnections: true })
  // As it came, to the byte: it is signed.
  door.removeAllContentTypeParsers()
  door.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body))

  door.post('/slack/events', async (request, reply) => {
    const body = String(request.body)
    const click = clickOf(body)
    if (click !== null) clicks.push(click)
    const first = Math.floor(random() * urls.length)
    const targets = random() < 1 / 3 ? [first, (first + 1) % urls.length] : [first]
    twice += targets.length - 1
    const headers = Object.fromEntries(
      ['content-type', 'x-slack-signature', 'x-slack-request-timestamp'].map((name) => [
        name,
        String(request.headers[name]),
      ]),
    )
    const send = async (target: number) => {
      const answer = await fetch(`${urls[target]}/slack/events`, { method: 'POST', headers, body })
      return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
    }
    try {
      // What comes first is the answer; a process that is dead gives none.
      const { status, type, text } = await Promise.any(targets.map(send))
      return reply
        .code(status)
        .headers(type === null ? {} : { 'content-type': type })
        .send(text)
    } catch {
      return reply.code(502).send()
    }
  })

  const url = await door.listen({ port: 0, host: '127.0.0.1' })
  return { url: `${url}/slack/events`, clicks, twice: () => twice, close: () => door.close() }
}

const drawn = z.object({ r: z.string(), v: z.number() })
const interaction = z.union([
  z.object({
    type: z.literal('block_actions'),
    user: z.object({ id: z.string() }),
    actions: z.array(z.object({ action_id: z.string(), value: z.string() })).min(1),
  }),
  z.object({
    type: z.literal('view_submission'),
    user: z.object({ id: z.string() }),
    view: z.object({ callback_id: z.string(), private_metadata: z.string() }),
  }),
])

function clickOf(body: string): Click | null {
  const said = interaction.safeParse(json(new URLSearchParams(body).get('payload')))
  if (!said.success) return null
  const { data } = said
  const { user } = data
  const [action, on] =
    data.type === 'block_actions'
      ? [data.actions[0]?.action_id, json(data.actions[0]?.value)]
      : [
          data.view.callback_id,
          json(z.object({ on: z.string() }).safeParse(json(data.view.private_metadata)).data?.on),
        ]
  const value = drawn.safeParse(on)
  if (action === undefined || !value.success) return null
  return { user: user.id, action, rolloutId: value.data.r, version: value.data.v }
}

function json(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
