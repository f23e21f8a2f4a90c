// A person picks a global shortcut, or one on a message.
import { messagePayload } from '../api/message-payload.ts'
import { type Outcome, outcome, refused } from '../app/outcome.ts'
import { payload } from '../app/payload.ts'
import { type Acting, personIn, present } from './acting.ts'

/** As the app's manifest lists it. */
export type OfferedShortcut = { callbackId: string; name: string; type: 'global' | 'message' }
export type ShortcutInput = { user: string; callbackId: string; channel?: string; ts?: string }

export function shortcuts(deps: Acting) {
  const { world } = deps

  return async function shortcut(input: ShortcutInput): Promise<Outcome> {
    const person = personIn(world, input.user)
    if ('absent' in person) return person.absent
    const triggerId = world.triggers.issue(
      input.user,
      input.channel === undefined ? {} : { channel: input.channel },
    )
    const shared = { callback_id: input.callbackId, trigger_id: triggerId, action_ts: world.ids.ts() }
    if (input.channel === undefined || input.ts === undefined) {
      const global = { ...payload('shortcut', person.user, world.team), ...shared }
      return outcome(await deps.app.interaction(global), triggerId)
    }
    const at = present(world, input.user, input.channel)
    if ('absent' in at) return at.absent
    const message = world.messages.find(at.place.id, input.ts)
    if (!message) return refused(`there is no message ${input.ts} in ${input.channel}`)
    const onMessage = {
      ...payload('message_action', at.user, world.team),
      ...shared,
      channel: { id: at.place.id, name: at.place.name },
      message_ts: message.ts,
      message: messagePayload(message, world.team),
      response_url: world.responseUrls.issue({ user: at.user.id, channel: at.place.id }),
    }
    return outcome(await deps.app.interaction(onMessage), triggerId)
  }
}
