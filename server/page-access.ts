// Who may look at which pages: whoever opened the link of a rollout at that one, and on this machine alone everybody at all.
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from './domain/actor.ts'
import type { Instant } from './domain/instant.ts'
import type { LinkFault, PageLinks } from './page-links.ts'
import type { Sessions } from './sessions.ts'

/** What is asked for: one rollout with what belongs to it, or anything else. */
export type PageScope = { rollout: string } | 'everything'
export type Reader =
  /** By a rollout's link: reads that one, and changes nothing. */
  { kind: 'link'; until: Instant } | { kind: 'person'; actor: Actor; canSignOut: boolean }

export type PageAccess = ReturnType<typeof pageAccess>

const linkCookie = 'firstpass_link'

/** @param deps.publicUrl where people reach the service, without a slash at its end. */
export function pageAccess({
  links,
  sessions,
  publicUrl,
  isLocal,
}: {
  links: Pick<PageLinks, 'open'>
  sessions: Sessions
  publicUrl: () => string
  isLocal: boolean
}) {
  /** Null: nobody who may look at this. */
  async function readerOf(request: FastifyRequest, scope: PageScope): Promise<Reader | null> {
    if (isLocal && isLoopback(request.hostname))
      return { kind: 'person', actor: atThisMachine, canSignOut: false }
    const token = request.cookies[linkCookie]
    if (scope === 'everything' || token === undefined) return null
    const session = await sessions.of(token)
    const isItsOwn = session !== null && session.rolloutId === scope.rollout.toLowerCase()
    return isItsOwn ? { kind: 'link', until: session.expiresAt } : null
  }

  /**
   * What a link's key is worth: a session of its rollout's pages, for as long as the link lives.
   * @param known who the browser is already: nobody new for the same rollout and time.
   */
  async function exchange(
    reply: FastifyReply,
    given: { id: string; keys: string[] },
    known: Reader | null,
  ): Promise<LinkFault | null> {
    if (known?.kind === 'person') return null
    const opened = links.open(given)
    if (typeof opened === 'string') return known === null ? opened : null
    if (known !== null && known.until >= opened.until) return null
    const { id, until } = opened
    const token = await sessions.begin({ rolloutId: id, person: null, expiresAt: until })
    reply.setCookie(linkCookie, token, {
      ...cookieFor(publicUrl(), `/rollouts/${id}`),
      expires: new Date(until),
    })
    return null
  }

  return { readerOf, exchange }
}

/** A cookie for the pages below `path` alone, which no script reads and no other site's form sends along. */
function cookieFor(publicUrl: string, path: string): CookieSerializeOptions {
  const { protocol, pathname } = new URL(publicUrl)
  return {
    path: `${pathname.replace(/\/+$/, '')}${path}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: protocol === 'https:',
  }
}

const atThisMachine: Actor = { kind: 'person', id: 'local', name: 'Somebody at this machine', door: 'page' }

/** By name: a page of another site that a browser was led to asks with the name of that site. */
export function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}
