// What browsers are told beside every answer: it is no page, shows in no frame, loads nothing. Pages have a policy of their own.
import type { FastifyHelmetOptions } from '@fastify/helmet'
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

const day = 86_400

/** @param isSecure people reach the service over https, and from then on in no other way. */
export function safeHeaders(isSecure: boolean): FastifyHelmetOptions {
  return {
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
  }
}

/** Those that helmet gives to all other routes, but the policy for pages; and nobody between keeps an answer for others. */
const headersOfStations = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'cache-control': 'no-cache',
}

/**
 * For the routes that stations ask all the time and that answer a program with JSON: all headers at once, before anybody
 * is refused. One by one they took a sixth of the time of a whole poll.
 */
export const safeAtOnce = {
  helmet: false,
  onRequest: (_request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    reply.headers(headersOfStations)
    done()
  },
} as const

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
