// Who may look at which pages: whoever has the link of a rollout at that one, and on this machine alone everybody at all.
import type { FastifyRequest } from 'fastify'
import type { Actor } from './domain/actor.ts'

/** What is asked for: one rollout with what belongs to it, or anything else. */
export type PageScope = { rollout: string } | 'everything'
export type Reader =
  /** By a rollout's link: reads that one, and changes nothing. */
  { kind: 'link' } | { kind: 'person'; actor: Actor; canSignOut: boolean }
/** Null: nobody who may look at this. */
export type PageAccess = (request: FastifyRequest, scope: PageScope) => Promise<Reader | null>

export function pageAccess({
  mayRead,
  isLocal,
}: {
  mayRead: (request: { id: string; key: string | undefined }) => boolean
  isLocal: boolean
}): PageAccess {
  return async (request, scope) => {
    if (isLocal && isLoopback(request.hostname))
      return { kind: 'person', actor: atThisMachine, canSignOut: false }
    const { key } = request.query as { key?: string }
    return scope !== 'everything' && mayRead({ id: scope.rollout, key }) ? { kind: 'link' } : null
  }
}

const atThisMachine: Actor = { kind: 'person', id: 'local', name: 'Somebody at this machine', door: 'page' }

/** By name: a page of another site that a browser was led to asks with the name of that site. */
export function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}
