// Tells the server when a run starts and ends, and how the station is. Only the latest state is worth sending; a lost
// one is not repeated.

import type { FactoryLog } from './factory-log.ts'
import { fateOf, wordsOf } from './http-client.ts'
import type { StationLink } from './station-link.ts'
import type { Telemetry } from './telemetry.ts'

export type Heartbeat = Telemetry & ({ busy: false } | { busy: true; run_started_at: string })

export function heartbeats(deps: { stationName: string; link: StationLink; log: FactoryLog }) {
  let latest: Heartbeat | null = null
  let sending = false
  let refusals = 0

  /** Returns at once: a station never waits for its heartbeat. */
  function say(heartbeat: Heartbeat, signal: AbortSignal): void {
    latest = heartbeat
    if (sending || !deps.link.isUp()) return
    sending = true
    void sendLatest(signal).finally(() => {
      sending = false
    })
  }

  async function sendLatest(signal: AbortSignal): Promise<void> {
    while (latest && deps.link.isUp() && !signal.aborted) {
      const body = latest
      latest = null
      const answer = await deps.link
        .request({ method: 'POST', path: '/api/v1/stations/me/heartbeats', body, signal })
        .catch(() => null)
      if (answer && fateOf(answer) === 'refused' && ++refusals === 1)
        deps.log.warn(`${deps.stationName}: the server refused a heartbeat: ${wordsOf(answer)}`)
    }
  }

  return { say }
}
