// What every act of a person needs: the world, the way to the app, and who may act where.
import type { Credentials } from '../api/auth.ts'
import type { EventDelivery } from '../app/deliver-event.ts'
import { type Outcome, refused } from '../app/outcome.ts'
import type { ToApp } from '../app/to-app.ts'
import type { Conversation, User } from '../state/directory.ts'
import type { World } from '../state/world.ts'

export type Acting = {
  world: World
  app: ToApp
  events: EventDelivery
  commands: string[]
  unfurlDomains: string[]
  credentials: Credentials | undefined
}

export type Present = { user: User; place: Conversation }

/** The person and the conversation, or why Slack's client would not let them act there. */
export function present(world: World, userId: string, channelId: string): Present | { absent: Outcome } {
  const person = personIn(world, userId)
  if ('absent' in person) return person
  const place = world.directory.conversation(channelId)
  if (!place) return { absent: refused(`there is no channel ${channelId}`) }
  if (!world.directory.isMember(userId, place)) return { absent: refused(`${userId} is not in ${channelId}`) }
  return { user: person.user, place }
}

export function personIn(world: World, userId: string): { user: User } | { absent: Outcome } {
  const user = world.directory.people().find((one) => one.id === userId)
  if (!user) return { absent: refused(`there is no user ${userId}`) }
  if (user.deleted) return { absent: refused(`${userId} is deactivated`) }
  return { user }
}
