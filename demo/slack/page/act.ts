// What the page sends when a person does something, and what is done with it.
import { z } from 'zod'
import type { People } from '../people/people.ts'
import type { World } from '../state/world.ts'

const entry = z.union([z.string(), z.array(z.string()), z.null()])
const entered = z.record(z.string(), z.union([entry, z.record(z.string(), entry)]))
const inMessage = { channel: z.string(), ts: z.string() }
const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ratelimited'), retryAfterSeconds: z.number() }),
  z.object({ kind: z.literal('error500') }),
  z.object({ kind: z.literal('slow'), delayMs: z.number() }),
  z.object({ kind: z.literal('away') }),
  z.object({ kind: z.literal('answer-lost') }),
])

const act = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('write'),
    user: z.string(),
    channel: z.string(),
    text: z.string(),
    threadTs: z.string().optional(),
  }),
  z.object({
    do: z.literal('click'),
    user: z.string(),
    actionId: z.string(),
    blockId: z.string(),
    value: entry.optional(),
    at: z.union([z.object(inMessage), z.object({ viewId: z.string() })]),
    /** The other inputs of the modal, as they stand. */
    values: entered.optional(),
  }),
  z.object({
    do: z.literal('suggest'),
    user: z.string(),
    actionId: z.string(),
    blockId: z.string(),
    value: z.string(),
    at: z.union([z.object(inMessage), z.object({ viewId: z.string() })]),
  }),
  z.object({ do: z.literal('submit'), user: z.string(), viewId: z.string(), values: entered }),
  z.object({ do: z.literal('close'), user: z.string(), viewId: z.string(), clear: z.boolean() }),
  z.object({ do: z.literal('open-home'), user: z.string() }),
  z.object({ do: z.literal('reload'), user: z.string() }),
  z.object({ do: z.literal('fault'), fault, on: z.boolean() }),
])

export type Act = z.infer<typeof act>

export function pageActs(world: World, people: People) {
  async function run(input: Act): Promise<unknown> {
    switch (input.do) {
      case 'write':
        return write(input)
      case 'click': {
        const { do: _do, at, values, ...click } = input
        if ('viewId' in at && values) people.fillView({ user: click.user, viewId: at.viewId, values })
        return people.click({ ...click, ...at })
      }
      case 'suggest': {
        const { do: _do, at, ...search } = input
        return people.suggestOptions({ ...search, ...at })
      }
      case 'submit':
        return people.submitView(input)
      case 'close':
        return people.closeView(input)
      case 'open-home':
        await people.openHome(input.user)
        return { ok: true }
      case 'reload':
        world.messages.forgetEphemerals(input.user)
        return { ok: true }
      case 'fault':
        if (input.on) world.faults.set(input.fault)
        else world.faults.unset(input.fault.kind)
        return { ok: true }
    }
  }

  /** Slack takes commands in the channel's composer only, not in a thread's. */
  async function write({ user, channel, text, threadTs }: Extract<Act, { do: 'write' }>): Promise<unknown> {
    const [command = '', ...rest] = text.trim().split(/\s+/)
    if (!command.startsWith('/')) return people.say({ user, channel, text, threadTs })
    if (threadTs) return { ok: false, says: 'Slash commands do not work in threads.' }
    return people.command({ user, channel, command, text: rest.join(' ') })
  }

  return (input: unknown) => {
    const parsed = act.safeParse(input)
    return parsed.success ? run(parsed.data) : { ok: false, says: z.prettifyError(parsed.error) }
  }
}
