// Tells the server when a run starts and ends, and how the station is. Only the latest state is worth sending; a lost
// one is not repeated.
import { fateOf } from './fate.ts'
import { type HttpClient, wordsOf } from './http-client.ts'
import type { StationLog } from './station-log.ts'

export type Heartbeat = {
  busy: boolean
  /** ISO 8601; of the run that is going. */
  run_started_at?: string
  /** Numbers and texts that gates of the kind telemetry read. */
  telemetry?: Record<string, unknown>
  checks?: Record<string, unknown>
  error?: { code?: string; message: string; procedure_id?: string }
}

export function heartbeats(deps: {
  name: string
  request: HttpClient
  log: StationLog
  /** ISO 8601 by the station's clock; null: it is not to be compared with the server's. */
  clock: () => string | null
  signal: AbortSignal
}) {
  const { signal } = deps
  let latest: Heartbeat | null = null
  let sending = false
  let refusals = 0

  /** Returns at once: a station never waits for its heartbeat. */
  function say(heartbeat: Heartbeat): void {
    latest = heartbeat
    if (sending) return
    sending = true
    void sendLatest().finally(() => {
      sending = false
    })
  }

  async function sendLatest(): Promise<void> {
    while (latest && !signal.aborted) {
      const sentAt = deps.clock()
      const body = sentAt === null ? latest : { ...latest, sent_at: sentAt }
      latest = null
      const answer = await deps
        .request({ method: 'POST', path: '/api/v1/stations/me/heartbeats', body, signal })
        .catch(() => null)
      if (answer && ['slowly', 'refused'].includes(fateOf(answer)) && ++refusals === 1)
        deps.log.warn(`${deps.name}: the server refused a heartbeat: ${wordsOf(answer)}`)
    }
  }

  return { say, isSending: () => sending }
}
