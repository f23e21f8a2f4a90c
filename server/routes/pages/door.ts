// The door of every page: who may look is asked before anything is looked up, and every answer has the same frame.
import { randomBytes } from 'node:crypto'
// For `hide`, which keeps the pages out of the description of the HTTP API.
import type {} from '@fastify/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { messagePage } from '../../../views/message-page.ts'
import type { PageAssets, PageFrame } from '../../../views/page-document.ts'
import type { PageAccess, PageScope, Reader } from '../../page-access.ts'
import { closedMessage } from './closed-message.ts'
import { keysOf, withoutKey } from './key-in-address.ts'
import { pageHeaders } from './page-headers.ts'

export const unlisted = { schema: { hide: true } }

export type Opened = { reader: Reader; frame: PageFrame }
export type PageDoor = ReturnType<typeof pageDoor>

/** @param deps.base path under which the service stands behind a proxy, without a slash at its end. */
export function pageDoor({
  access,
  assets,
  base,
}: {
  access: PageAccess
  assets: PageAssets
  base: () => string
}) {
  return {
    /** Null: the answer is already sent. */
    async open(request: FastifyRequest, reply: FastifyReply, scope: PageScope): Promise<Opened | null> {
      const nonce = randomBytes(16).toString('base64')
      reply.headers(pageHeaders(nonce))
      const reader = await access.readerOf(request, scope)
      const frame = { assets, base: base(), nonce, reader: shown(reader) }
      const keys = scope === 'everything' ? [] : keysOf(request)
      if (scope === 'everything' || keys.length === 0) {
        if (reader) return { reader, frame }
        html(reply, 403, messagePage(closedMessage(null), frame))
        return null
      }
      // The key does not stay in the address, which people copy, browsers remember and proxies log.
      const fault = await access.exchange(reply, { id: scope.rollout, keys }, reader)
      if (fault === null) reply.redirect(`${base()}${withoutKey(request)}`, 303)
      else html(reply, 403, messagePage(closedMessage(fault), frame))
      return null
    },
    html,
    /** What was looked for is not there: what was expected, what came, what to do. */
    missing(reply: FastifyReply, { frame }: Opened, message: { title: string; lines: string[] }) {
      return html(reply, 404, messagePage(message, frame))
    },
  }
}

function html(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page)
}

function shown(reader: Reader | null): PageFrame['reader'] {
  if (reader?.kind !== 'person') return reader
  return { kind: 'person', name: reader.actor.name, canSignOut: reader.canSignOut }
}
