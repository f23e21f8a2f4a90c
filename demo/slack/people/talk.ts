// A person writes a message or opens the App Home; the app hears of mentions, links and the visit.
import { viewPayload } from '../api/view-payload.ts'
import type { SentEvent } from '../app/deliver-event.ts'
import { verificationToken } from '../app/payload.ts'
import { escaped } from '../blocks/escape-text.ts'
import type { Message } from '../state/messages.ts'
import { type Acting, personIn, present } from './acting.ts'

export type TalkInput = { user: string; channel: string; text: string; threadTs?: string | undefined }
export type Said = { ok: true; ts: string; events: SentEvent[] } | { ok: false; says: string }

export function talking(deps: Acting) {
  const { world } = deps

  /** `@firstpass` and other handles become mentions; the rest is escaped as Slack does. */
  async function say(input: TalkInput): Promise<Said> {
    const at = present(world, input.user, input.channel)
    if ('absent' in at) return { ok: false, says: 'says' in at.absent ? at.absent.says : '' }
    if (at.place.isArchived) return { ok: false, says: `${at.place.name} is archived` }
    const text = marked(input.text)
    const message: Message = {
      type: 'message',
      ts: world.ids.ts(),
      channel: at.place.id,
      user: at.user.id,
      text,
      ...(input.threadTs && { thread_ts: input.threadTs }),
    }
    world.messages.post(message)
    const events = [...mentionEvents(message), ...linkEvents(message)]
    return {
      ok: true,
      ts: message.ts,
      events: await Promise.all(events.map((event) => deps.events.send(event))),
    }
  }

  function mention(input: TalkInput): Promise<Said> {
    return say({ ...input, text: `@${world.team.botHandle} ${input.text}` })
  }

  /** Both tabs of the app tell that they were opened; only the Home comes with its view. */
  async function openHome(user: string, tab: 'home' | 'messages' = 'home'): Promise<SentEvent | undefined> {
    if ('absent' in personIn(world, user)) return undefined
    const view = tab === 'home' ? world.views.home(user) : undefined
    return deps.events.send({
      type: 'app_home_opened',
      user,
      channel: world.directory.directMessage(user).id,
      tab,
      event_ts: world.ids.ts(),
      ...(view && { view: viewPayload(view, world.team) }),
    } as { type: string })
  }

  /** Slack's check of a new request URL: the app must send the challenge back. */
  async function verifyUrl(): Promise<boolean> {
    const challenge = world.ids.next('challenge')
    const answer = await deps.app.verifyUrl({ token: verificationToken, challenge, type: 'url_verification' })
    if (answer.kind !== 'answered' || answer.status !== 200) return false
    const { body } = answer
    return (
      body === challenge ||
      (body !== null && typeof body === 'object' && 'challenge' in body && body.challenge === challenge)
    )
  }

  function marked(text: string): string {
    const mentioned = escaped(text).replace(
      /(^|\s)@([a-z0-9._-]+)/g,
      (whole, before: string, handle: string) => {
        const user = world.directory.everybody().find((one) => one.name === handle)
        return user ? `${before}<@${user.id}>` : whole
      },
    )
    return mentioned.replace(/(^|\s)(https?:\/\/[^\s<>]+)/g, '$1<$2>')
  }

  function mentionEvents(message: Message) {
    if (!message.text.includes(`<@${world.team.botUserId}>`)) return []
    return [{ ...eventOf(message), type: 'app_mention', text: message.text }]
  }

  /** A link that stands in the composer and is not sent yet: there is no channel and no message to name. */
  async function composeLink({ user, text }: { user: string; text: string }): Promise<SentEvent | undefined> {
    const links = ownLinks(marked(text))
    if ('absent' in personIn(world, user) || links.length === 0) return undefined
    const unfurl_id = world.unfurlIds.issue({ source: 'composer', channel: 'COMPOSER', ts: '' })
    return deps.events.send({
      type: 'link_shared',
      user,
      channel: 'COMPOSER',
      message_ts: unfurl_id,
      links,
      source: 'composer',
      unfurl_id,
      event_ts: world.ids.ts(),
    } as { type: string })
  }

  function ownLinks(text: string) {
    const urls = [...text.matchAll(/<(https?:\/\/[^|>]+)/g)].flatMap(([, url]) => url ?? [])
    return urls
      .map((url) => ({ url: url.replaceAll('&amp;', '&'), domain: new URL(url).hostname }))
      .filter(({ domain }) => deps.unfurlDomains.includes(domain))
  }

  function linkEvents(message: Message) {
    const links = ownLinks(message.text)
    if (links.length === 0) return []
    const { ts, ...event } = eventOf(message)
    const unfurl_id = world.unfurlIds.issue({ source: 'conversations_history', channel: message.channel, ts })
    return [
      { ...event, type: 'link_shared', message_ts: ts, links, source: 'conversations_history', unfurl_id },
    ]
  }

  function eventOf(message: Message) {
    const { user, ts, channel, thread_ts } = message
    return { user, ts, channel, event_ts: ts, ...(thread_ts && { thread_ts }) }
  }

  return { say, mention, openHome, verifyUrl, composeLink }
}
