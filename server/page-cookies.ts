// The cookies of the pages: which no script reads, no other site's form sends along, and no neighbouring host can set.
import type { CookieSerializeOptions } from '@fastify/cookie'

export type PageCookie = { name: string; options: CookieSerializeOptions }

/**
 * A cookie for the pages below `path` alone. Over https browsers take `__Host-` from this very host alone and for all of it,
 * and `__Secure-` over https alone: another host of the domain cannot put a session of its own in the place of ours.
 */
export function pageCookie(publicUrl: string, name: string, path: string): PageCookie {
  const { protocol, pathname } = new URL(publicUrl)
  const full = `${pathname.replace(/\/+$/, '')}${path}`
  const isSecure = protocol === 'https:'
  const prefix = isSecure ? (full === '/' ? '__Host-' : '__Secure-') : ''
  return {
    name: `${prefix}${name}`,
    options: { path: full, httpOnly: true, sameSite: 'lax', secure: isSecure },
  }
}
