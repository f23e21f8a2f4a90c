// What browsers are told beside every page: scripts and styles of our own alone, in nobody's frame, kept by nobody between.
import { createHash } from 'node:crypto'
import { standaloneStyle } from '../../../views/draw-chart.ts'

/** @param nonce of this answer alone: the page's script carries it, and may load others. */
export function pageHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'strict-dynamic'`,
      `style-src 'self' '${hashSource(standaloneStyle)}'`,
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    // The address that a link is opened by holds its key.
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, no-cache',
  }
}

/** A chart that is a file of its own, and may be kept as one, has its style within. */
function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
