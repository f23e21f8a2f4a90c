// What becomes of a request, by its answer: the rules that both station clients keep to.
import type { Answer } from './http-client.ts'

/**
 * done · again: it heals by itself · slowly: a person must set something right, and then it goes through as it is ·
 * refused: this very request never will.
 */
export type Fate = 'done' | 'again' | 'slowly' | 'refused'

const healing = [408, 425, 429]
/** The key, the address or a proxy in between: nothing of what was sent is at fault. */
const settings = [401, 403, 407]

export function fateOf(answer: Answer): Fate {
  if (answer.kind === 'unreachable') return 'again'
  const { status, body } = answer
  if (status < 300 || status === 304) return 'done'
  if (status >= 500 || healing.includes(status)) return 'again'
  if (status < 400 || settings.includes(status)) return 'slowly'
  // A 404 of some other server says nothing of a run. Too large is too large, whoever says so.
  return status === 413 || isOurs(body) ? 'refused' : 'slowly'
}

/** Of one run in a batch: the request itself was accepted, so its key is right. */
export function fateOfItem(status: number): 'done' | 'again' | 'refused' {
  if (status < 300) return 'done'
  return status >= 500 || healing.includes(status) ? 'again' : 'refused'
}

/** Every error of the service has a code and a message. */
function isOurs(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
}
