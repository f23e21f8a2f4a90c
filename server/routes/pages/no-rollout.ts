// What a page says of a rollout that is not there.
import type { FastifyReply } from 'fastify'
import type { Opened, PageDoor } from './door.ts'

export function noRollout(door: PageDoor, reply: FastifyReply, opened: Opened, id: string): FastifyReply {
  const lines = [
    `Expected the id of a rollout, got “${id}”, which is none here.`,
    'Open the page from the rollout’s card in Slack.',
  ]
  return door.missing(reply, opened, { title: 'No such rollout', lines })
}
