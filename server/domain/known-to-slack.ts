// People are the same on the page and in Slack: who signed in with Slack carries the id that Slack knows them by.
import type { Actor } from './actor.ts'
import { slackUserId } from './people.ts'

/** A person who can be called by name in Slack, through whichever door they came. */
export function isKnownToSlack({ kind, door, id }: Actor): boolean {
  return kind === 'person' && (door === 'slack' || (door === 'page' && slackUserId.safeParse(id).success))
}

export function isSameActor(one: Actor, other: Actor): boolean {
  const isSameDoor = one.door === other.door || (isKnownToSlack(one) && isKnownToSlack(other))
  return one.kind === other.kind && one.id === other.id && isSameDoor
}
