// A person types a slash command.

import { type Answer, type Args, refuse } from '../api/answer.ts'
import { respond } from '../api/response-url.ts'
import { type Outcome, outcome, refused } from '../app/outcome.ts'
import { verificationToken } from '../app/payload.ts'
import { escaped } from '../blocks/escape-text.ts'
import type { World } from '../state/world.ts'
import { type Acting, type Present, present } from './acting.ts'

export type CommandInput = { user: string; channel: string; text: string; command?: string | undefined }

/** `reply` is what Slack made of the acknowledgement's body: a message, or why it could not show it. */
export type CommandOutcome = Outcome & {
  triggerId?: string | undefined
  reply?: Answer
  responseUrl?: string
}

export function commanding(deps: Acting) {
  const { world } = deps

  return async function command(input: CommandInput): Promise<CommandOutcome> {
    const name = input.command ?? deps.commands[0] ?? ''
    if (!deps.commands.includes(name) || !world.isInstalled())
      return refused(`${name} is not a valid command`)
    const at = present(world, input.user, input.channel)
    if ('absent' in at) return at.absent
    if (at.place.isArchived) return refused(`${at.place.name} is archived`)
    const triggerId = world.triggers.issue(at.user.id, { channel: at.place.id })
    const responseUrl = world.responseUrls.issue({ user: at.user.id, channel: at.place.id })
    const answer = await deps.app.command(fields(name, input.text, at, world, { triggerId, responseUrl }))
    const ended = { ...outcome(answer, triggerId), responseUrl }
    if (!ended.ok) {
      tell(at, `${name} failed with the error "${ended.error}"`, world)
      return ended
    }
    const reply = await replyOf(ended.body, at, world)
    return reply ? { ...ended, reply } : ended
  }
}

function fields(
  command: string,
  text: string,
  { user, place }: Present,
  { team }: World,
  issued: { triggerId: string; responseUrl: string },
): Record<string, string> {
  return {
    token: verificationToken,
    team_id: team.teamId,
    team_domain: team.domain,
    channel_id: place.id,
    channel_name: place.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text: escaped(text.trim()),
    api_app_id: team.appId,
    is_enterprise_install: 'false',
    response_url: issued.responseUrl,
    trigger_id: issued.triggerId,
  }
}

/** An acknowledgement may carry the answer: bare text, or a message as a response_url takes it. */
async function replyOf(body: unknown, at: Present, world: World): Promise<Answer | undefined> {
  if (body === '' || body === undefined) return undefined
  const args = typeof body === 'object' ? { ...(body as Args) } : { text: String(body) }
  if (Object.keys(args).length === 0) return undefined
  const url = { id: '', user: at.user.id, channel: at.place.id, issuedAt: 0, uses: 0 }
  const reply = await respond(url, args, world)
  if (!reply.ok) tell(at, `The app's answer could not be shown: ${reply.error}`, world)
  return reply.ok ? reply : refuse(String(reply.error))
}

/** Slackbot's own ephemeral line. */
function tell({ user, place }: Present, text: string, world: World): void {
  world.messages.postEphemeral({
    type: 'message',
    ts: world.ids.ts(),
    channel: place.id,
    user: 'USLACKBOT',
    text,
    is_ephemeral: true,
    visibleTo: user.id,
  })
}
