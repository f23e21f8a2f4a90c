// Why a request to TofuPilot came to nothing, and what that means for the next one.

/** Refused: asking the same again changes nothing. Locked out: the key. Away: later. */
export type FailureKind = 'refused' | 'locked out' | 'away'

export class TofupilotFailure extends Error {
  readonly kind: FailureKind
  /** What the answer was; null: none came. */
  readonly status: number | null
  /** What TofuPilot asked us to wait; null: it said nothing. */
  readonly waitMs: number | null
  /** `unknown`: no answer came, and the request may have been carried out. */
  readonly arrived: 'no' | 'unknown'

  constructor(
    why: string,
    about: { kind: FailureKind; status: number | null; waitMs: number | null; arrived: 'no' | 'unknown' },
  ) {
    super(why)
    this.kind = about.kind
    this.status = about.status
    this.waitMs = about.waitMs
    this.arrived = about.arrived
  }
}

/** @param retryAfter seconds or a date, as the header has it. */
export function answered(
  status: number,
  said: { text: string; retryAfter: string | null },
  now: number,
): TofupilotFailure {
  const why = `${status}: ${said.text}`
  const waitMs = readRetryAfter(said.retryAfter, now)
  if (status === 401 || (status === 403 && !/not (linked|authorized)/i.test(said.text)))
    return new TofupilotFailure(`${why}; check TOFUPILOT_TOKEN`, {
      kind: 'locked out',
      status,
      waitMs,
      arrived: 'no',
    })
  // A gateway gives up on a request that its server may still carry out; a limit, and a server that starts, have not begun.
  const arrived = status >= 500 && status !== 503 ? 'unknown' : 'no'
  const kind = status >= 500 || [408, 425, 429].includes(status) ? 'away' : 'refused'
  return new TofupilotFailure(why, { kind, status, waitMs, arrived })
}

export function unanswered(cause: unknown): TofupilotFailure {
  return new TofupilotFailure(whyOf(cause), { kind: 'away', status: null, waitMs: null, arrived: 'unknown' })
}

export function failureOf(error: unknown): TofupilotFailure {
  if (error instanceof TofupilotFailure) return error
  throw error
}

/** An hour at most: a date that is wrong must not silence us for a year. */
function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : null
}

/** `fetch` says "fetch failed" and keeps the reason in what caused it. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause.name === 'TimeoutError') return 'no answer in time'
  const inner = cause.cause instanceof Error ? cause.cause : cause
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
  return code || inner.message || 'no answer'
}
