// Who may look at which pages: whoever opened the link of a rollout at that one, who signed in at all of them, and on this
// machine alone everybody.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from './domain/actor.ts'
import { hour, type Instant } from './domain/instant.ts'
import { pageCookie } from './page-cookies.ts'
import type { LinkFault, PageLinks } from './page-links.ts'
import type { SlackPerson } from './page-people.ts'
import type { Sessions } from './sessions.ts'
import type { Signing } from './signing.ts'

/** What is asked for: one rollout with what belongs to it, or anything else. */
export type PageScope = { rollout: string } | 'everything'
/** `slack`: who they are there; null for somebody at this machine, whose name nobody knows. */
export type PersonReading = {
  kind: 'person'
  actor: Actor
  slack: SlackPerson | null
  canSignOut: boolean
  /** What a form of this person's pages has to carry; no other site can read it. */
  formToken: string
}
export type Reader =
  /** By a rollout's link: reads that one, and changes nothing. */
  { kind: 'link'; until: Instant } | PersonReading

export type PageAccess = ReturnType<typeof pageAccess>

/** A shift and a little more: what somebody may do is asked at every click all the same. */
const sessionMs = 12 * hour

type Deps = {
  links: Pick<PageLinks, 'open'>
  sessions: Sessions
  /** Where people reach the service, without a slash at its end. */
  publicUrl: () => string
  /** The service listens for this machine alone. */
  isLocal: boolean
  /** Of what forms carry. */
  signing: Signing
  /** In real time, as cookies are. */
  now: () => Instant
}

export function pageAccess({ links, sessions, publicUrl, isLocal, signing, now }: Deps) {
  const sessionCookie = () => pageCookie(publicUrl(), 'firstpass_session', '/')
  const linkCookie = (rollout: string) => pageCookie(publicUrl(), 'firstpass_link', `/rollouts/${rollout}`)
  const sessionTokenOf = ({ cookies }: FastifyRequest) => cookies[sessionCookie().name]

  /** Null: nobody who may look at this. */
  async function readerOf(request: FastifyRequest, scope: PageScope): Promise<Reader | null> {
    const token = sessionTokenOf(request)
    const person = token === undefined ? null : ((await sessions.of(token))?.person ?? null)
    if (token !== undefined && person !== null) return signedIn(person, signing.sign('page/form', token))
    if (isLocal && isFromHere(request))
      return { ...atThisMachine, formToken: signing.sign('page/form', thisMachine) }
    return scope === 'everything'
      ? null
      : readerByLink(request.cookies[linkCookie(scope.rollout).name], scope.rollout)
  }

  async function readerByLink(token: string | undefined, rollout: string): Promise<Reader | null> {
    const session = token === undefined ? null : await sessions.of(token)
    const isItsOwn = session !== null && session.rolloutId === rollout.toLowerCase()
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
    const { name, options } = linkCookie(id)
    reply.setCookie(name, token, { ...options, expires: new Date(until) })
    return null
  }

  /** A session of its own for every sign-in; one from before, whoever knew it, ends. */
  async function enter(
    request: FastifyRequest,
    reply: FastifyReply,
    person: SlackPerson & { name: string },
  ): Promise<void> {
    await endSession(request)
    const expiresAt = now() + sessionMs
    const token = await sessions.begin({ rolloutId: null, person, expiresAt })
    const { name, options } = sessionCookie()
    reply.setCookie(name, token, { ...options, expires: new Date(expiresAt) })
  }

  /** @param everywhere every browser in which this person is signed in. */
  async function leave(
    request: FastifyRequest,
    reply: FastifyReply,
    { slack }: PersonReading,
    everywhere: boolean,
  ): Promise<void> {
    if (everywhere && slack !== null) await sessions.endAllOf(slack)
    else await endSession(request)
    const { name, options } = sessionCookie()
    reply.clearCookie(name, options)
  }

  async function endSession(request: FastifyRequest): Promise<void> {
    const token = sessionTokenOf(request)
    if (token !== undefined) await sessions.end(token)
  }

  /**
   * Whether a form was sent by a page of ours that this person was shown. Pages tell no referrer, so browsers name no
   * origin beside their forms (`null`), and over plain HTTP no site: what they do name has to be ours.
   */
  function isOwnForm(request: FastifyRequest, { slack }: PersonReading, given: unknown): boolean {
    const { origin, 'sec-fetch-site': site } = request.headers
    if (site !== undefined && site !== 'same-origin') return false
    const isLocalOrigin = isLocal && origin === `http://${request.host}`
    if (origin !== undefined && origin !== 'null' && origin !== new URL(publicUrl()).origin && !isLocalOrigin)
      return false
    const of = slack === null ? thisMachine : sessionTokenOf(request)
    return typeof given === 'string' && of !== undefined && signing.isSigned('page/form', of, given)
  }

  return { readerOf, exchange, enter, leave, isOwnForm }
}

function signedIn({ team, user, name }: SlackPerson & { name: string }, formToken: string): PersonReading {
  const actor: Actor = { kind: 'person', id: user, name, door: 'page' }
  return { kind: 'person', actor, slack: { team, user }, canSignOut: true, formToken }
}

/** In the place of a session, where there is none. */
const thisMachine = 'this machine'
const atThisMachine: Omit<PersonReading, 'formToken'> = {
  kind: 'person',
  actor: { kind: 'person', id: 'local', name: 'Somebody at this machine', door: 'page' },
  slack: null,
  canSignOut: false,
}

/**
 * By the name that was asked for: a page of another site, to whose name somebody gave this machine's address, asks by that
 * name. And not through a proxy, behind which there may be anybody.
 */
function isFromHere({ hostname, headers }: FastifyRequest): boolean {
  return isLoopback(hostname) && !forwarding.some((name) => headers[name] !== undefined)
}

const forwarding = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

export function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}
