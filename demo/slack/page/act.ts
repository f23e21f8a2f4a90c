// What the page sends when a person does something, and what is done with it.
import { z } from 'zod'
import type { People } from '../people/people.ts'
import type { World } from '../state/world.ts'

const entry = z.union([z.string(), z.array(z.string()), z.null()])
const entered = z.record(z.string(), z.union([entry, z.record(z.string(), entry)]))
const inMessage = { channel: z.string(), ts: z.string() }
const scope = { channels: z.array(z.string()).optional() }
const fault = z.discriminatedUnion('kind', [
  z.object({ ...scope, kind: z.literal('ratelimited'), retryAfterSeconds: z.number() }),
  z.object({ ...scope, kind: z.literal('error500') }),
  z.object({ ...scope, kind: z.literal('slow'), delayMs: z.number() }),
  z.object({ ...scope, kind: z.literal('away') }),
  z.object({ ...scope, kind: z.literal('answer-lost') }),
  z.object({ ...scope, kind: z.literal('events-duplicated') }),
  z.object({ ...scope, kind: z.literal('events-out-of-order') }),
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
  z.object({ do: z.literal('open-app'), user: z.string(), tab: z.enum(['home', 'messages']) }),
  z.object({ do: z.literal('read'), user: z.string(), channel: z.string() }),
  z.object({
    do: z.literal('shortcut'),
    user: z.string(),
    callbackId: z.string(),
    at: z.object(inMessage).optional(),
  }),
  z.object({
    do: z.literal('administer'),
    what: z.enum(['archive', 'remove-app', 'free-plan', 'uninstall', 'rate-limits', 'cut-sockets']),
    channel: z.string(),
    on: z.boolean(),
  }),
  z.object({ do: z.literal('delete-message'), at: z.object(inMessage) }),
  z.object({ do: z.literal('reload'), user: z.string() }),
  z.object({ do: z.literal('fault'), fault, on: z.boolean() }),
])

export type Act = z.infer<typeof act>

export function pageActs(deps: { world: World; people: People; dropSockets: () => void }) {
  const { world, people } = deps

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
      case 'open-app':
        await people.openHome(input.user, input.tab)
        return { ok: true }
      case 'read':
        world.readMarks.read(input.user, input.channel)
        return { ok: true }
      case 'shortcut':
        return people.shortcut({ user: input.user, callbackId: input.callbackId, ...input.at })
      case 'administer':
        return administer(input)
      case 'delete-message':
        world.messages.remove(input.at.channel, input.at.ts)
        return { ok: true }
      case 'reload':
        world.messages.forgetEphemerals(input.user)
        return { ok: true }
      case 'fault':
        if (input.on) world.faults.set(input.fault)
        else world.faults.unset(input.fault)
        // Who is away keeps no connection either.
        if (input.on && input.fault.kind === 'away') deps.dropSockets()
        return { ok: true }
    }
  }

  function administer({ what, channel, on }: Extract<Act, { do: 'administer' }>): unknown {
    switch (what) {
      case 'archive':
        world.directory.changeChannel(channel, { isArchived: on })
        return { ok: true }
      case 'remove-app':
        world.directory.changeChannel(channel, { appIsMember: !on })
        return { ok: true }
      case 'free-plan':
        world.changePlan(on ? 'free' : 'paid')
        return { ok: true }
      case 'rate-limits':
        world.rateLimits.enforce(on)
        world.changes.happened()
        return { ok: true }
      case 'cut-sockets':
        deps.dropSockets()
        return { ok: true }
      case 'uninstall':
        return on ? people.uninstall() : { ok: false, says: 'Install it on the page of its own server.' }
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
