// Delivers an event to the app and, like Slack, again at once, after one minute and after five.
import type { World } from '../state/world.ts'
import { failure } from './outcome.ts'
import { verificationToken } from './payload.ts'
import type { AppAnswer, RetryReason, ToApp } from './to-app.ts'

export type SlackEvent = { type: string; channel?: string } & Record<string, unknown>
export type Delivery = { eventId: string; attempts: AppAnswer[] }
export type SentEvent = { eventId: string; first: AppAnswer; delivered: Promise<Delivery> }

const retryReasons: Record<AppAnswer['kind'], RetryReason> = {
  timeout: 'http_timeout',
  unreachable: 'connection_failed',
  answered: 'http_error',
}
/** What an app hears of a workspace that it is no longer installed in. */
const lastWords = ['app_uninstalled', 'tokens_revoked']
/** How long an event waits for one to overtake it. */
const overtakingMs = 1000

export type EventDelivery = ReturnType<typeof eventDelivery>

export function eventDelivery(deps: { world: World; app: ToApp; retryDelaysMs: number[] }) {
  const pending = new Set<() => void>()
  let held: (() => void) | null = null

  /** Resolves after the first attempt; `delivered` after the last. */
  async function send(event: SlackEvent, eventId = deps.world.ids.next('Ev')): Promise<SentEvent> {
    if (!deps.world.isInstalled() && !lastWords.includes(event.type)) return notInstalled(eventId)
    const kinds = deps.world.faults.strikeEvent(event.channel).map(({ kind }) => kind)
    const overtaken = held
    if (overtaken === null && kinds.includes('events-out-of-order')) await untilOvertaken()
    const envelope = eventEnvelope(event, eventId, deps.world)
    const first = await deps.app.event(envelope)
    const again = kinds.includes('events-duplicated') ? [await deps.app.event(envelope)] : []
    overtaken?.()
    return { eventId, first, delivered: retry(envelope, [first, ...again]) }
  }

  async function retry(envelope: { event_id: string }, made: AppAnswer[]): Promise<Delivery> {
    const attempts = [...made]
    for (const [index, delayMs] of deps.retryDelaysMs.entries()) {
      const last = attempts.at(-1)
      if (!last || !failure(last) || (last.kind === 'answered' && last.noRetry)) break
      if (!(await passes(delayMs))) break
      attempts.push(await deps.app.event(envelope, { attempt: index + 1, reason: retryReasons[last.kind] }))
    }
    return { eventId: envelope.event_id, attempts }
  }

  async function untilOvertaken(): Promise<void> {
    const overtaken = new Promise<void>((resolve) => {
      held = resolve
    })
    await Promise.race([overtaken, passes(overtakingMs)])
    held = null
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

function notInstalled(eventId: string): SentEvent {
  const first: AppAnswer = { kind: 'unreachable', why: 'the app is not installed here', ms: 0 }
  return { eventId, first, delivered: Promise.resolve({ eventId, attempts: [] }) }
}

function eventEnvelope(event: SlackEvent, eventId: string, { team, now, directory }: World) {
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
    is_ext_shared_channel: directory.conversation(event.channel ?? '')?.isExtShared ?? false,
    event_context: `4-${eventId}`,
  }
}
