// Where a person goes on after signing in: to the page that they came from, and to no other site.
import type { FastifyRequest } from 'fastify'
import { withoutKey } from './key-in-address.ts'

/** The way in, from the page that was asked for. What was sent with a form is not sent again. */
export function signInPath(request: FastifyRequest): string {
  return `/signin?${new URLSearchParams({ to: wayBack(withoutKey(request)) })}`
}

/** A path of this site, for whatever was asked: the first page for everything else. */
export function wayBack(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2000 || !asked.startsWith('/')) return '/'
  const here = 'http://here'
  const address = URL.parse(asked, here)
  if (address === null || address.origin !== here || address.pathname.startsWith('//')) return '/'
  return /^\/sign(in|out)\b/.test(address.pathname) ? '/' : `${address.pathname}${address.search}`
}
