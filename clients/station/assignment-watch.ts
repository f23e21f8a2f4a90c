// Asks the server what the station is to run, in a loop of its own, so that a new pin is known within moments.
import { type Assignments, readAssignments } from './build.ts'
import { fateOf } from './fate.ts'
import { type Answer, type HttpClient, wordsOf } from './http-client.ts'
import { type Pause, retryWaitMs } from './retry-wait.ts'
import type { StationLog } from './station-log.ts'

/** Seconds the server may hold the question when nothing has changed. */
const waitSeconds = 30
/** Milliseconds between two questions when the server does not hold them. */
const shortestMs = 500

export function assignmentWatch(deps: {
  name: string
  request: HttpClient
  pause: Pause
  /** 0 to 1, another one each time. */
  random: () => number
  log: StationLog
  /** Of the answer that is known already. */
  etag: string | null
  /** What is to be run, whenever the server says so anew. */
  said: (assignments: Assignments, etag: string | null) => void
}) {
  let { etag } = deps
  let failures = 0
  let told = ''

  /** Polls until the signal is aborted; then it rejects with the signal's reason. */
  return async function poll(signal: AbortSignal): Promise<never> {
    for (;;) {
      const asked = performance.now()
      const answer = await deps.request({
        method: 'GET',
        path: `/api/v1/stations/me/assignments?wait=${waitSeconds}`,
        ifNoneMatch: etag,
        signal,
      })
      if (fateOf(answer) !== 'done') {
        failures += 1
        // An absent server is no news of one station: it shows in what waits to be sent.
        if (fateOf(answer) !== 'again') complain(wordsOf(answer))
        const wait = retryWaitMs(answer, failures, deps.random())
        await deps.pause(Math.max(wait, pollAfterMs(answer)), signal)
        continue
      }
      failures = 0
      const learned = learn(answer)
      const early = Math.max(shortestMs - (performance.now() - asked), pollAfterMs(answer))
      if (!learned && early > 0) await deps.pause(early, signal)
    }
  }

  /** When a server is about to end it spreads those who wait over the time that the next one needs for them. */
  function pollAfterMs(answer: Answer): number {
    return answer.kind === 'answer' ? (answer.pollAfterMs ?? 0) : 0
  }

  /** Whether the answer brought anything new. */
  function learn(answer: Answer): boolean {
    if (answer.kind !== 'answer') return false
    const read = answer.status === 304 ? null : readAssignments(answer.body)
    if (answer.status !== 304 && read === null) complain(`expected assignments, got ${wordsOf(answer)}`)
    else told = ''
    if (read === null) return false
    const isNew = answer.etag === null || answer.etag !== etag
    etag = answer.etag
    if (isNew) deps.said(read, etag)
    // Without a tag nobody knows, and a server that never sends one must not be asked without a pause.
    return isNew && answer.etag !== null
  }

  /** Once for each thing that is wrong; the queue repeats what a person must set right. */
  function complain(what: string): void {
    if (what !== told) deps.log.warn(`${deps.name}: the server does not say what to run: ${what}`)
    told = what
  }
}
