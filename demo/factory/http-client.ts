// JSON over HTTP as a station sees it: an answer, or none. No status is an exception here.

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

export function httpClient(deps: { url: string; token: string }) {
  /** Rejects only when the caller's signal is aborted. */
  return async function request(one: Request): Promise<Answer> {
    try {
      const response = await fetch(new URL(one.path, deps.url), {
        method: one.method,
        headers: {
          authorization: `Bearer ${deps.token}`,
          ...(one.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(one.ifNoneMatch ? { 'if-none-match': one.ifNoneMatch } : {}),
        },
        ...(one.body === undefined ? {} : { body: JSON.stringify(one.body) }),
        signal: AbortSignal.any([one.signal, AbortSignal.timeout(patienceMs)]),
      })
      const text = await response.text()
      return {
        kind: 'answer',
        status: response.status,
        body: parsed(text),
        etag: response.headers.get('etag'),
        retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
        pollAfterMs: pollAfterMs(response.headers.get('x-poll-after-ms')),
      }
    } catch (error) {
      one.signal.throwIfAborted()
      return { kind: 'unreachable', why: reasonOf(error) }
    }
  }
}

/** What to do with an answer: it is done, it may heal by itself, or a person must look at it. */
export function fateOf(answer: Answer): 'done' | 'again' | 'refused' {
  if (answer.kind === 'unreachable') return 'again'
  if (answer.status < 400) return 'done'
  return answer.status >= 500 || [408, 425, 429].includes(answer.status) ? 'again' : 'refused'
}

/** "422 invalid_run: ended_at is before started_at" */
export function wordsOf(answer: Answer): string {
  if (answer.kind === 'unreachable') return answer.why
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  return `${answer.status} ${text.slice(0, 300)}`
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}

function retryAfterMs(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const until = Date.parse(header)
  return Number.isNaN(until) ? null : Math.max(0, until - Date.now())
}

function pollAfterMs(header: string | null): number | null {
  const ms = Number(header ?? '')
  return header !== null && Number.isFinite(ms) ? Math.max(0, ms) : null
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
