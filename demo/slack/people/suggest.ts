// A person types into an external select; the app answers with options.
import { z } from 'zod'
import { messagePayload } from '../api/message-payload.ts'
import { viewPayload } from '../api/view-payload.ts'
import { failure } from '../app/outcome.ts'
import { payload } from '../app/payload.ts'
import { elementsOf } from '../blocks/check-blocks.ts'
import { slackFaults } from '../blocks/slack-fault.ts'
import { type Option, option, optionGroup } from '../blocks/text-object.ts'
import { type Acting, personIn } from './acting.ts'
import { visibleMessage, visibleView } from './click.ts'

export type SuggestInput = { user: string; actionId: string; blockId?: string; value: string } & (
  | { channel: string; ts: string }
  | { viewId: string }
)
export type Suggestions = { ok: true; options: Option[] } | { ok: false; says: string }

const suggestions = z.union([
  z.object({ options: z.array(option).max(100) }),
  z.object({ option_groups: z.array(optionGroup).max(100) }),
])

export function suggesting(deps: Acting) {
  const { world } = deps

  return async function suggestOptions(input: SuggestInput): Promise<Suggestions> {
    const person = personIn(world, input.user)
    if ('absent' in person) return { ok: false, says: `${input.user} cannot act` }
    const view = 'viewId' in input ? visibleView(world, input.user, input.viewId) : undefined
    const message = 'ts' in input ? visibleMessage(world, input.user, input.channel, input.ts) : undefined
    const isEphemeral = message !== undefined && 'is_ephemeral' in message
    const blocks = view?.blocks ?? message?.blocks ?? []
    const block = blocks.find(
      (one) =>
        (input.blockId === undefined || one.block_id === input.blockId) &&
        elementsOf(one).some(
          (each) => isExternal(each.type) && 'action_id' in each && each.action_id === input.actionId,
        ),
    )
    if (!block)
      return { ok: false, says: `there is no external select ${input.actionId} in front of ${input.user}` }
    const answer = await deps.app.interaction({
      ...payload('block_suggestion', person.user, world.team),
      action_id: input.actionId,
      block_id: block.block_id,
      value: input.value,
      container: view
        ? { type: 'view', view_id: view.id }
        : {
            type: 'message',
            message_ts: message?.ts,
            channel_id: message?.channel,
            is_ephemeral: isEphemeral,
          },
      ...(view && { view: viewPayload(view, world.team) }),
      ...(message && {
        channel: { id: message.channel, name: world.directory.conversation(message.channel)?.name },
        ...(!isEphemeral && { message: messagePayload(message, world.team) }),
      }),
    })
    const failed = failure(answer)
    if (failed) return { ok: false, says: failed.says }
    const body = answer.kind === 'answered' ? answer.body : undefined
    const parsed = suggestions.safeParse(body)
    if (!parsed.success)
      return { ok: false, says: `unusable options: ${slackFaults(parsed.error, body, []).join('; ')}` }
    const options =
      'options' in parsed.data ? parsed.data.options : parsed.data.option_groups.flatMap((one) => one.options)
    if (view)
      world.views.change(view.id, {
        offered: { ...view.offered, [`${block.block_id}/${input.actionId}`]: options },
      })
    if (message)
      world.messageInputs.offer(
        { user: input.user, channel: message.channel, ts: message.ts },
        input.actionId,
        options,
      )
    return { ok: true, options }
  }
}

function isExternal(type: string): boolean {
  return type === 'external_select' || type === 'multi_external_select'
}
