// What browsers are told beside every answer: it is no page, shows in no frame, loads nothing. Pages have a policy of their own.
import type { FastifyHelmetOptions } from '@fastify/helmet'

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
