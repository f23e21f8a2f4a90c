// What is wrong with this Slack at the moment, so that an app can be watched while Slack misbehaves.
import type { Changes } from './changes.ts'

/** `methods` narrows a fault; `response_url` and `upload` count as methods. `times` ends it after so many calls. */
export type Fault = { methods?: string[]; times?: number } & (
  | { kind: 'ratelimited'; retryAfterSeconds: number }
  | { kind: 'error500' }
  | { kind: 'slow'; delayMs: number }
  | { kind: 'away' }
  /** The call takes effect and its answer is lost. */
  | { kind: 'answer-lost' }
  /** Slack's own refusal, e.g. `fatal_error` or `invalid_blocks`. */
  | { kind: 'error'; error: string }
)

export function faults(deps: { changes: Changes }) {
  let active: Fault[] = []

  /** One fault of a kind at a time; another one of that kind takes its place. */
  function set(fault: Fault): void {
    active = [...active.filter((one) => one.kind !== fault.kind), fault]
    deps.changes.happened()
  }

  function unset(kind: Fault['kind']): void {
    active = active.filter((one) => one.kind !== kind)
    deps.changes.happened()
  }

  function clear(): void {
    active = []
    deps.changes.happened()
  }

  /** The faults that strike this call; counts the call against their `times`. */
  function strike(method: string): Fault[] {
    const struck = active.filter((one) => !one.methods || one.methods.includes(method))
    active = active
      .map((one) =>
        struck.includes(one) && one.times !== undefined ? { ...one, times: one.times - 1 } : one,
      )
      .filter((one) => one.times === undefined || one.times > 0)
    return struck
  }

  return { set, unset, clear, strike, active: () => active }
}
