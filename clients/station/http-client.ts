// JSON over HTTP as a station sees it: an answer, or none. No status is an exception here.
import { mostWaitMs } from './retry-wait.ts'

export type Request = {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: unknown
  ifNoneMatch?: string | null
  signal: AbortSignal
}

export type Answer =
  | {
      kind: 'answer'
      status: number
      body: unknown
      etag: string | null
      retryAfterMs: number | null
      pollAfterMs: number | null
    }
  | { kind: 'unreachable'; why: string }

export type HttpClient = ReturnType<typeof httpClient>

/** Longer than any long poll: a server that accepts and then says nothing counts as unreachable. */
const patienceMs = 60_000

export function httpClient(deps: { url: string; token: string; fetch?: typeof fetch | undefined }) {
  const ask = deps.fetch ?? fetch

  /** Rejects only when the caller's signal is aborted. */
  return async function request(one: Request): Promise<Answer> {
    try {
      const response = await ask(new URL(one.path, deps.url), {
        method: one.method,
        headers: {
          authorization: `Bearer ${deps.token}`,
          ...(one.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(one.ifNoneMatch ? { 'if-none-match': one.ifNoneMatch } : {}),
        },
        ...(one.body === undefined ? {} : { body: textOf(one.body) }),
        // A POST that is redirected becomes a GET, and the key goes to whoever is named there.
        redirect: 'manual',
        signal: AbortSignal.any([one.signal, AbortSignal.timeout(patienceMs)]),
      })
      const text = await response.text()
      return {
        kind: 'answer',
        status: response.status,
        body: parsed(text),
        etag: response.headers.get('etag'),
        retryAfterMs: retryAfterMs(response.headers),
        pollAfterMs: pollAfterMs(response.headers.get('x-poll-after-ms')),
      }
    } catch (error) {
      one.signal.throwIfAborted()
      return { kind: 'unreachable', why: reasonOf(error) }
    }
  }
}

/** "422 invalid_run: ended_at is before started_at" */
export function wordsOf(answer: Answer): string {
  if (answer.kind === 'unreachable') return answer.why
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  return `${answer.status} ${text.slice(0, 300)}`
}

/** What is JSON already, as the queue keeps it, is sent as it is. */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}

/** A moment is read by the clock of the server that named it: the station's own may be off by days. */
function retryAfterMs(headers: Headers): number | null {
  const header = headers.get('retry-after')
  if (header === null) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return within(seconds * 1000)
  const now = Date.parse(headers.get('date') ?? '')
  const until = Date.parse(header)
  return Number.isNaN(until) ? null : within(until - (Number.isNaN(now) ? Date.now() : now))
}

function pollAfterMs(header: string | null): number | null {
  const ms = Number(header ?? '')
  return header !== null && Number.isFinite(ms) ? within(ms) : null
}

function within(ms: number): number {
  return Math.min(mostWaitMs, Math.max(0, ms))
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
