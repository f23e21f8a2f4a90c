// The door of every page: who may look is asked before anything is looked up, and every answer has the same frame.
import { randomBytes } from 'node:crypto'
// For `hide`, which keeps the pages out of the description of the HTTP API.
import type {} from '@fastify/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Message, messagePage } from '../../../views/message-page.ts'
import type { PageAssets, PageFrame } from '../../../views/page-document.ts'
import type { PageAccess, PageScope, PersonReading, Reader } from '../../page-access.ts'
import { closedMessage } from './closed-message.ts'
import { keysOf, withoutKey } from './key-in-address.ts'
import { pageHeaders } from './page-headers.ts'
import { signInPath } from './way-back.ts'

export const unlisted = { schema: { hide: true } }

export type Opened = { reader: Reader; frame: PageFrame }
export type OpenedForm = { reader: PersonReading; frame: PageFrame }
export type PageDoor = ReturnType<typeof pageDoor>

/**
 * @param deps.base path under which the service stands behind a proxy, without a slash at its end.
 * @param deps.canSignIn Sign in with Slack is set up.
 */
export function pageDoor({
  access,
  assets,
  base,
  canSignIn,
}: {
  access: PageAccess
  assets: PageAssets
  base: () => string
  canSignIn: boolean
}) {
  /** The frame of an answer, whoever asked. */
  function frameFor(request: FastifyRequest, reply: FastifyReply, reader: Reader | null): PageFrame {
    const nonce = randomBytes(16).toString('base64')
    reply.headers(pageHeaders(nonce))
    const isKnownToSlack = reader?.kind === 'person' && reader.slack !== null
    return {
      assets,
      base: base(),
      nonce,
      reader: shown(reader),
      signIn: canSignIn && !isKnownToSlack ? `${base()}${signInPath(request)}` : null,
      formToken: reader?.kind === 'person' ? reader.formToken : null,
    }
  }

  function closed(reply: FastifyReply, frame: PageFrame, why: Parameters<typeof closedMessage>[0]): null {
    html(reply, 403, messagePage(closedMessage(why, frame.signIn), frame))
    return null
  }

  return {
    /** Null: the answer is already sent. */
    async open(request: FastifyRequest, reply: FastifyReply, scope: PageScope): Promise<Opened | null> {
      const reader = await access.readerOf(request, scope)
      const frame = frameFor(request, reply, reader)
      const keys = scope === 'everything' ? [] : keysOf(request)
      if (scope === 'everything' || keys.length === 0)
        return reader ? { reader, frame } : closed(reply, frame, scope === 'everything' ? scope : null)
      // The key does not stay in the address, which people copy, browsers remember and proxies log.
      const fault = await access.exchange(reply, { id: scope.rollout, keys }, reader)
      if (fault !== null) return closed(reply, frame, fault)
      reply.redirect(`${base()}${withoutKey(request)}`, 303)
      return null
    },

    /** For what a person sends with a form. Null: the answer is already sent. */
    async openForm(
      request: FastifyRequest,
      reply: FastifyReply,
      scope: PageScope,
    ): Promise<OpenedForm | null> {
      const reader = await access.readerOf(request, scope)
      const frame = frameFor(request, reply, reader)
      const { token, why } = formOf(request)
      if (reader?.kind === 'person' && access.isOwnForm(request, reader, token)) return { reader, frame }
      html(reply, 403, messagePage(formClosed(reader, frame, why), frame))
      return null
    },

    /** A frame for who may be nobody: the way in and out. */
    async frame(request: FastifyRequest, reply: FastifyReply): Promise<PageFrame> {
      return frameFor(request, reply, await access.readerOf(request, 'everything'))
    },
    html,
    /** What was looked for is not there: what was expected, what came, what to do. */
    missing(reply: FastifyReply, { frame }: Opened, message: { title: string; lines: string[] }) {
      return html(reply, 404, messagePage(message, frame))
    },
  }
}

/** @param why what somebody has written into it, and can take from here. */
function formClosed(reader: Reader | null, { signIn }: PageFrame, why: string | undefined): Message {
  const lines =
    reader?.kind === 'person'
      ? [
          'This form was not sent from a page of Firstpass as you are signed in to it: you signed in or out since it was opened, or another site sent it.',
          'Open the page again and do it there.',
        ]
      : ['This browser is not signed in, or not any more; a link of a rollout only reads.']
  return {
    title: 'Nothing was changed',
    lines: why === undefined || why === '' ? lines : [...lines, `You had written: ${why}`],
    ...(signIn === null ? {} : { action: { label: 'Sign in with Slack', url: signIn } }),
  }
}

/** Fields of a form that was sent; what is there twice, or is no form, is left out. */
export function formOf(request: FastifyRequest): Partial<Record<string, string>> {
  const { body } = request
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'))
}

function html(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page)
}

function shown(reader: Reader | null): PageFrame['reader'] {
  if (reader === null) return null
  if (reader.kind === 'link') return { kind: 'link' }
  return { kind: 'person', name: reader.actor.name, canSignOut: reader.canSignOut }
}
