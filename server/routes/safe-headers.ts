// What browsers are told beside every answer: it is no page, shows in no frame, loads nothing. Pages have a policy of their own.
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import helmet from 'helmet'

const day = 86_400

/** @param isSecure people reach the service over https, and from then on in no other way. */
export function usualHeaders(isSecure: boolean): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  // All that helmet does with a response; of the request it reads nothing.
  const response = {
    setHeader(name: string, value: string): void {
      headers[name.toLowerCase()] = value
    },
    removeHeader(): void {},
  }
  const set = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Without subdomains: what else stands there is not ours to close.
    hsts: isSecure ? { maxAge: 365 * day, includeSubDomains: false } : false,
  })
  set(null as never, response as never, (error) => {
    if (error) throw error
  })
  return headers
}

/**
 * What of that matters to an answer that is JSON and that no page can ask for, since it takes a key in a header; and nobody
 * between keeps it for others. Each header more costs a poll a twentieth of its time.
 */
const headersOfStations = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** What stations ask by the thousand. */
const hot = ['/api/v1/stations/me/assignments', '/api/v1/runs', '/api/v1/runs/batch']

/**
 * For all routes that are added after it, and before anybody is refused.
 * @param usual made once: helmet's own plugin made them anew for each request.
 */
export function safeHeaders(app: FastifyInstance, usual: OutgoingHttpHeaders): void {
  app.addHook('onRoute', (route) => {
    const headers = hot.includes(route.url) ? headersOfStations : usual
    const set: onRequestHookHandler = (_request, reply, done) => {
      reply.headers(headers)
      done()
    }
    route.onRequest = [set, ...[route.onRequest ?? []].flat()]
  })
}

/** The description of the API: scripts and styles of its own package alone. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
