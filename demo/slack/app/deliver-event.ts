// Delivers an event to the app and, like Slack, again at once, after one minute and after five.
import type { World } from '../state/world.ts'
import { failure } from './outcome.ts'
import { verificationToken } from './payload.ts'
import type { AppAnswer, RetryReason, ToApp } from './to-app.ts'

export type Delivery = { eventId: string; attempts: AppAnswer[] }
export type SentEvent = { eventId: string; first: AppAnswer; delivered: Promise<Delivery> }

const retryReasons: Record<AppAnswer['kind'], RetryReason> = {
  timeout: 'http_timeout',
  unreachable: 'connection_failed',
  answered: 'http_error',
}

export type EventDelivery = ReturnType<typeof eventDelivery>

export function eventDelivery(deps: { world: World; app: ToApp; retryDelaysMs: number[] }) {
  const pending = new Set<() => void>()

  /** Resolves after the first attempt; `delivered` after the last. */
  async function send(event: { type: string }, eventId = deps.world.ids.next('Ev')): Promise<SentEvent> {
    const envelope = eventEnvelope(event, eventId, deps.world)
    const first = await deps.app.event(envelope)
    return { eventId, first, delivered: retry(envelope, first) }
  }

  async function retry(envelope: { event_id: string }, first: AppAnswer): Promise<Delivery> {
    const attempts = [first]
    for (const [index, delayMs] of deps.retryDelaysMs.entries()) {
      const last = attempts.at(-1) ?? first
      if (!failure(last) || (last.kind === 'answered' && last.noRetry)) break
      if (!(await passes(delayMs))) break
      attempts.push(await deps.app.event(envelope, { attempt: index + 1, reason: retryReasons[last.kind] }))
    }
    return { eventId: envelope.event_id, attempts }
  }

  /** False when the workspace closes meanwhile. */
  function passes(delayMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (passed: boolean) => {
        clearTimeout(timer)
        pending.delete(cancel)
        resolve(passed)
      }
      const cancel = () => end(false)
      const timer = setTimeout(() => end(true), delayMs)
      pending.add(cancel)
    })
  }

  function stop(): void {
    for (const cancel of [...pending]) cancel()
  }

  return { send, stop }
}

function eventEnvelope(event: { type: string }, eventId: string, { team, now }: World) {
  return {
    token: verificationToken,
    team_id: team.teamId,
    api_app_id: team.appId,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.teamId,
        user_id: team.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${eventId}`,
  }
}
