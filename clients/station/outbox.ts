// Tells the server what waits in the queue, in order. Nothing leaves it before the server has answered for it.
import { isObject } from './build.ts'
import { fateOf, fateOfItem } from './fate.ts'
import { type Answer, type HttpClient, wordsOf } from './http-client.ts'
import type { Parked, ParkedFile } from './parked-file.ts'
import type { Entry, Kind, QueueFile } from './queue-file.ts'
import { type Pause, retryWaitMs } from './retry-wait.ts'
import type { StationLog } from './station-log.ts'

export type Delivered = { kind: Kind; body: unknown }

/** What the server takes in one request, and a body that is answered in good time. */
const mostInBatch = { count: 1000, bytes: 4 * 1_048_576 }

export function outbox(deps: {
  name: string
  queue: QueueFile
  parked: ParkedFile
  request: HttpClient
  pause: Pause
  random: () => number
  log: StationLog
  /** The server has taken it. */
  delivered: (what: Delivered) => void
}) {
  const { queue, parked } = deps
  let failures = 0
  let batchSize = mostInBatch.count
  let wake = Promise.withResolvers<void>()

  /** @param body JSON. Resolves when it is on the disk. */
  async function put(kind: Kind, body: string): Promise<void> {
    await queue.put(kind, body)
    wake.resolve()
  }

  /** Delivers until the signal is aborted; then it rejects with the signal's reason. */
  async function deliver(signal: AbortSignal): Promise<never> {
    signal.addEventListener('abort', () => wake.resolve(), { once: true })
    for (;;) {
      wake = Promise.withResolvers()
      if (queue.count() === 0 && !signal.aborted) await wake.promise
      signal.throwIfAborted()
      const [first] = queue.first(mostInBatch)
      if (!first) continue
      const answer = await send(first, signal)
      failures = answer === null ? 0 : failures + 1
      if (!answer) continue
      if (fateOf(answer) === 'slowly')
        deps.log.warn(
          `${deps.name}: ${queue.count()} reports are kept and cannot be sent until a person sets the key or the address right: ${wordsOf(answer)}`,
        )
      await deps.pause(retryWaitMs(answer, failures, deps.random()), signal)
    }
  }

  /** The answer when it is to be sent again, else null. A full disk is no reason to stop: nothing has left the queue. */
  async function send(first: Entry, signal: AbortSignal): Promise<Answer | null> {
    try {
      return first.kind === 'pickup' ? await sendPickup(first, signal) : await sendRuns(signal)
    } catch (error) {
      signal.throwIfAborted()
      return notBelieved(`the queue cannot be read or written: ${String(error)}`)
    }
  }

  async function sendPickup(entry: Entry, signal: AbortSignal): Promise<Answer | null> {
    const body = await queue.read(entry)
    const answer = await deps.request({
      method: 'POST',
      path: '/api/v1/stations/me/pickups',
      body,
      signal,
    })
    const fate = fateOf(answer)
    if (fate === 'again' || fate === 'slowly') return answer
    if (fate === 'done' && answer.kind === 'answer' && answer.status !== 204)
      return notBelieved(`expected 204 for a pickup, got ${wordsOf(answer)}`)
    await settle([{ entry, body, why: fate === 'done' ? null : wordsOf(answer) }])
    return null
  }

  async function sendRuns(signal: AbortSignal): Promise<Answer | null> {
    const entries = queue.first({ ...mostInBatch, count: batchSize })
    const bodies = await Promise.all(entries.map(queue.read))
    const answer = await deps.request({
      method: 'POST',
      path: '/api/v1/runs/batch',
      body: `{"runs":[${bodies.join(',')}]}`,
      signal,
    })
    switch (fateOf(answer)) {
      case 'again':
      case 'slowly':
        return answer
      case 'refused': {
        const [entry] = entries
        // Halved until it shows which run the server does not like; the others are not held up.
        if (entries.length > 1) batchSize = Math.ceil(entries.length / 2)
        else if (entry) await settle([{ entry, body: bodies[0] ?? '', why: wordsOf(answer) }])
        return null
      }
      case 'done': {
        const results = readResults(answer, entries.length)
        if (results === null) return notBelieved(`expected a result for each run, got ${wordsOf(answer)}`)
        batchSize = Math.min(mostInBatch.count, batchSize * 2)
        const settled = entries.flatMap((entry, index) => {
          const result = results[index]
          const fate = result ? fateOfItem(result.status) : 'again'
          if (fate === 'again') return []
          return [{ entry, body: bodies[index] ?? '', why: fate === 'done' ? null : JSON.stringify(result) }]
        })
        await settle(settled)
        return settled.length === entries.length ? null : { ...answer, ...comeAgain }
      }
    }
  }

  /** Some proxy may answer 200 in the server's place: no report is given up for that. */
  function notBelieved(why: string): Answer {
    deps.log.warn(`${deps.name}: ${why}`)
    return { kind: 'unreachable', why }
  }

  /** Parked before it leaves the queue: a crash in between parks it twice, and loses nothing. */
  async function settle(those: { entry: Entry; body: string; why: string | null }[]): Promise<void> {
    const at = new Date().toISOString()
    const refused = those.flatMap(({ entry, body, why }): Parked[] =>
      why === null ? [] : [{ at, kind: entry.kind, why, body: JSON.parse(body) }],
    )
    await parked.put(refused)
    for (const { kind, why } of refused)
      deps.log.warn(`${deps.name}: the server refused a ${kind}, kept for a person to see: ${why}`)
    await queue.settle(new Set(those.map((one) => one.entry.number)))
    for (const { entry, body, why } of those)
      if (why === null) deps.delivered({ kind: entry.kind, body: JSON.parse(body) })
  }

  return { put, deliver }
}

/** What an accepted batch counts as when some of its runs are to be sent again. */
const comeAgain = { status: 503 }

function readResults(answer: Answer, expected: number): { status: number }[] | null {
  if (answer.kind !== 'answer' || !isObject(answer.body)) return null
  const { results } = answer.body
  if (!Array.isArray(results) || results.length !== expected) return null
  const read = results.flatMap((one) =>
    isObject(one) && typeof one.status === 'number' ? [{ ...one, status: one.status }] : [],
  )
  return read.length === expected ? read : null
}
