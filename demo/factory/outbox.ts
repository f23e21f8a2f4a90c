// What a station still has to tell the server, in order. Nothing leaves it before the server has answered.
import { z } from 'zod'
import type { FactoryLog } from './factory-log.ts'
import { type Answer, fateOf, wordsOf } from './http-client.ts'
import { type RealPause, retryWaitMs } from './retry-wait.ts'
import type { RunBody } from './run-body.ts'
import type { StationLink } from './station-link.ts'

export type PickupBody = {
  procedure_id: string
  deployment_id: string
  state: 'pulled' | 'running' | 'failed'
  message?: string
}
export type Letter = { kind: 'run'; body: RunBody } | { kind: 'pickup'; body: PickupBody }

const batchAnswer = z.object({ results: z.array(z.object({ status: z.int() }).loose()) })
/** After an outage the queue goes out in pieces of this size; the server takes up to 1,000. */
const mostInBatch = 500

export function outbox(deps: {
  stationName: string
  link: StationLink
  pause: RealPause
  /** 0 to 1, this station's own. */
  spread: number
  log: FactoryLog
  delivered: (letter: Letter) => void
}) {
  let queue: Letter[] = []
  const parked: { letter: Letter; why: string }[] = []
  let failures = 0
  let refusedBatch = false
  let wake = Promise.withResolvers<void>()

  function put(letter: Letter): void {
    queue.push(letter)
    wake.resolve()
  }

  /** Delivers until the signal is aborted; then it rejects with the signal's reason. */
  async function deliver(signal: AbortSignal): Promise<never> {
    signal.addEventListener('abort', () => wake.resolve(), { once: true })
    for (;;) {
      if (queue.length === 0) {
        wake = Promise.withResolvers()
        await wake.promise
      }
      signal.throwIfAborted()
      const answer = await sendFirst(signal)
      failures = answer === null ? 0 : failures + 1
      if (answer) await deps.pause(retryWaitMs(answer, failures, deps.spread), signal)
    }
  }

  /** Sends what is first in the queue; the answer when it asks to be sent again, else null. */
  async function sendFirst(signal: AbortSignal): Promise<Answer | null> {
    const runs = refusedBatch ? [] : firstRuns()
    if (runs.length > 1) return sendBatch(runs, signal)
    const letter = queue[0]
    if (!letter) return null
    const path = letter.kind === 'run' ? '/api/v1/runs' : '/api/v1/stations/me/pickups'
    const answer = await deps.link.request({ method: 'POST', path, body: letter.body, signal })
    const fate = fateOf(answer)
    if (fate === 'again') return answer
    queue.shift()
    refusedBatch = false
    if (fate === 'done') deps.delivered(letter)
    else park(letter, wordsOf(answer))
    return null
  }

  async function sendBatch(letters: Letter[], signal: AbortSignal): Promise<Answer | null> {
    const runs = letters.map((letter) => letter.body)
    const answer = await deps.link.request({
      method: 'POST',
      path: '/api/v1/runs/batch',
      body: { runs },
      signal,
    })
    const fate = fateOf(answer)
    if (fate === 'again') return answer
    const results = answer.kind === 'answer' ? batchAnswer.safeParse(answer.body) : null
    if (fate === 'refused' || !results?.success || results.data.results.length !== letters.length) {
      // One by one, it shows which run the server does not like, and the others are not held up.
      refusedBatch = true
      return null
    }
    const keep = letters.filter((letter, index) => !settled(letter, results.data.results[index]))
    queue = [...keep, ...queue.slice(letters.length)]
    return keep.length === 0 ? null : answer
  }

  /** Whether this item of a batch needs no further sending. */
  function settled(letter: Letter, result: { status: number } | undefined): boolean {
    if (!result || result.status >= 500 || result.status === 429) return false
    if (result.status < 400) deps.delivered(letter)
    else park(letter, JSON.stringify(result))
    return true
  }

  function firstRuns(): Letter[] {
    const end = queue.findIndex((letter) => letter.kind !== 'run')
    return queue.slice(0, Math.min(end < 0 ? queue.length : end, mostInBatch))
  }

  function park(letter: Letter, why: string): void {
    parked.push({ letter, why })
    deps.log.warn(
      `${deps.stationName}: the server refused a ${letter.kind}, kept for a person to see: ${why}`,
    )
  }

  return { put, deliver, size: () => queue.length, parked: () => [...parked] }
}
