// What is wrong with this Slack at the moment, so that an app can be watched while Slack misbehaves.
import type { Changes } from './changes.ts'

/**
 * `methods` narrows a fault of calls; `response_url` and `upload` count as methods. `channels` narrows it to calls, or
 * events, of these conversations. `times` ends it after so many.
 */
export type Fault = { methods?: string[]; channels?: string[] | undefined; times?: number } & (
  | CallFault
  | EventFault
)

export type CallFault =
  | { kind: 'ratelimited'; retryAfterSeconds: number }
  | { kind: 'error500' }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'away' }
  /** The call takes effect and its answer is lost. */
  | { kind: 'answer-lost' }
  /** Slack's own refusal, e.g. `fatal_error` or `invalid_blocks`. */
  | { kind: 'error'; error: string }

export type EventFault =
  /** Every event comes twice, with one event id. */
  | { kind: 'events-duplicated' }
  /** An event waits for the next one and comes after it. */
  | { kind: 'events-out-of-order' }

const eventKinds: Fault['kind'][] = ['events-duplicated', 'events-out-of-order']

export function faults(deps: { changes: Changes }) {
  let active: Fault[] = []
  const scope = ({ kind, methods, channels }: Fault) => JSON.stringify([kind, methods, channels])

  /** Takes the place of a fault of its kind that strikes the same calls. */
  function set(fault: Fault): void {
    active = [...active.filter((one) => scope(one) !== scope(fault)), fault]
    deps.changes.happened()
  }

  /** By kind and scope; how often it still strikes does not matter. */
  function unset(fault: Fault): void {
    active = active.filter((one) => scope(one) !== scope(fault))
    deps.changes.happened()
  }

  function clear(): void {
    active = []
    deps.changes.happened()
  }

  /** The faults that strike this call; counts the call against their `times`. */
  function strike(method: string, channel?: string): (Fault & CallFault)[] {
    return struck(
      (one): one is Fault & CallFault =>
        !isOfEvents(one) && (!one.methods || one.methods.includes(method)) && isIn(one, channel),
    )
  }

  function strikeEvent(channel?: string): Fault[] {
    return struck((one): one is Fault => isOfEvents(one) && isIn(one, channel))
  }

  function struck<F extends Fault>(strikes: (one: Fault) => one is F): F[] {
    const hit = active.filter(strikes)
    active = active
      .map((one) => (strikes(one) && one.times !== undefined ? { ...one, times: one.times - 1 } : one))
      .filter((one) => one.times === undefined || one.times > 0)
    return hit
  }

  return { set, unset, clear, strike, strikeEvent, active: () => active }
}

function isOfEvents(fault: Fault): boolean {
  return eventKinds.includes(fault.kind)
}

function isIn({ channels }: Fault, channel: string | undefined): boolean {
  return channels === undefined || (channel !== undefined && channels.includes(channel))
}
