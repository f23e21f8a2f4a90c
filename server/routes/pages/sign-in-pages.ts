// The way in and out: to Slack and back, with a session for who comes back, and its end.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Message, messagePage } from '../../../views/message-page.ts'
import type { PageAccess } from '../../page-access.ts'
import { pageCookie } from '../../page-cookies.ts'
import type { PagePeople } from '../../page-people.ts'
import { type SignIn, type SignInFault, type UnderWay, underWay } from '../../sign-in.ts'
import { formOf, type PageDoor, unlisted } from './door.ts'
import { wayBack } from './way-back.ts'

export type PageSignIn = SignIn & { people: PagePeople }

/** As long as what Slack hands over can be used. */
const wayMinutes = 10
const query = z.object({ to: z.unknown().optional() })

export function signInPages(
  app: FastifyInstance,
  deps: {
    door: PageDoor
    access: PageAccess
    signIn: PageSignIn | null
    base: () => string
    publicUrl: () => string
  },
): void {
  const { door, access, signIn, base, publicUrl } = deps
  const wayCookie = () => pageCookie(publicUrl(), 'firstpass_signin', '/signin')

  app.get('/signin', unlisted, async (request, reply) => {
    if (signIn === null) return say(request, reply, 404, notSetUp)
    const to = wayBack(query.parse(request.query).to)
    const begun = await signIn.begin(to)
    if (begun === 'no answer') return say(request, reply, 503, { ...outcomes[begun], action: again(to) })
    const { name, options } = wayCookie()
    reply.setCookie(name, JSON.stringify(begun.kept), {
      ...options,
      maxAge: wayMinutes * 60,
      signed: true,
    })
    return reply.headers(secretAddress).redirect(begun.url, 303)
  })

  app.get('/signin/callback', unlisted, async (request, reply) => {
    if (signIn === null) return say(request, reply, 404, notSetUp)
    const { name, options } = wayCookie()
    const kept = keptBy(request, name)
    reply.clearCookie(name, options)
    const person = await signIn.finish(new URL(request.url, 'http://here').search, kept)
    const action = again(kept?.to ?? '/')
    if (typeof person === 'string') return say(request, reply, 403, { ...outcomes[person], action })
    const identified = await signIn.people.identify(person)
    if ('refused' in identified)
      return say(request, reply, 403, { title: 'You are not signed in', lines: [identified.refused], action })
    await access.enter(request, reply, { ...person, name: identified.actor.name })
    request.log.info({ team: person.team, user: person.user }, 'signed in with Slack')
    return reply.headers(secretAddress).redirect(`${base()}${wayBack(kept?.to)}`, 303)
  })

  app.post('/signout', unlisted, async (request, reply) => {
    const opened = await door.openForm(request, reply, 'everything')
    if (!opened) return reply
    await access.leave(request, reply, opened.reader, formOf(request).everywhere === 'yes')
    return reply.redirect(`${base()}/signout`, 303)
  })

  app.get('/signout', unlisted, (request, reply) => say(request, reply, 200, signedOut))

  async function say(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    message: Message,
  ): Promise<FastifyReply> {
    return door.html(reply, status, messagePage(message, await door.frame(request, reply)))
  }

  function again(to: string) {
    return { label: 'Sign in with Slack', url: `${base()}/signin?${new URLSearchParams({ to })}` }
  }
}

/** What this browser took along to Slack; null when it took nothing, long ago, or something else. */
function keptBy(request: FastifyRequest, cookieName: string): UnderWay | null {
  const { valid, value } = request.unsignCookie(request.cookies[cookieName] ?? '')
  if (!valid) return null
  try {
    return underWay.safeParse(JSON.parse(value)).data ?? null
  } catch {
    return null
  }
}

/** The address holds what signs somebody in. */
const secretAddress = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

const outcomes: Record<SignInFault, Message> = {
  denied: {
    title: 'You are not signed in',
    lines: ['Slack was told not to sign you in. Nothing was changed.'],
  },
  'not begun here': {
    title: 'This sign-in did not begin here',
    lines: [
      'Slack sent this browser back, but it did not begin to sign in here, did so more than ten minutes ago, or is done already.',
      'Begin again and finish in the same browser.',
    ],
  },
  'not believed': {
    title: 'You are not signed in',
    lines: [
      'What Slack answered could not be verified, so it is not believed. The log of Firstpass says why.',
      'Begin again; if it stays so, whoever runs Firstpass should check SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and the redirect URL of the app.',
    ],
  },
  'no answer': {
    title: 'Slack does not answer',
    lines: ['Nobody can sign in while Slack cannot be asked. Try again in a moment.'],
  },
}

const notSetUp: Message = {
  title: 'Sign in with Slack is not set up',
  lines: [
    'Whoever runs Firstpass can set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.',
    'Until then pages open from Slack, each with the link on its card.',
  ],
}

const signedOut: Message = {
  title: 'You are signed out',
  lines: ['This browser opens no page any more, but those of links from Slack.'],
}
