// What one client may ask of the service, in one place; docs/security.md tells why. Of stations: station-pace.ts.
import type { PaceLimit } from './pace.ts'

/** Each is counted by process: behind a balancer a client has as many times as much as there are replicas. */
export const limits = {
  /** The API, by token. A script that walks a large registry asks some 50 times a second. */
  people: { aSecond: 100, atOnce: 2_000 },
  /** Tables, charts and whatever counts anew: by token or session. A page draws a dozen charts when it is opened. */
  heavy: { aSecond: 5, atOnce: 120 },
  /** Pages, by address: a whole factory may come from one. */
  pages: { aSecond: 100, atOnce: 1_000 },
  /** The way in, by address: a shift that begins, behind one address. */
  signIn: { aSecond: 2, atOnce: 200 },
  /** By address, before the body is read: GitHub does not send again what was refused. */
  webhook: { aSecond: 20, atOnce: 1_000 },
  /** Keys and tokens that open nothing, by address: a factory whose keys were all changed is told 401 at first. */
  refusedKeys: { aSecond: 1, atOnce: 1_000 },
} satisfies Record<string, PaceLimit>

export type Limited = Exclude<keyof typeof limits, 'refusedKeys'>

/**
 * Real milliseconds. A request's headers come in one piece, so whoever dribbles them is no client; a body may take two
 * minutes over a factory's slow line; a long poll is silent for one minute and a counting anew for longer.
 */
export const patience = { headersMs: 15_000, requestMs: 120_000, silentMs: 600_000, lookedEveryMs: 5_000 }

/** Of all headers of a request together, in bytes. */
export const largestHeaders = 16_384
