// The way to the app: over an open Socket Mode connection, else over HTTP, else it cannot be reached.
import type { SocketMode } from '../socket/socket-mode.ts'
import type { SendToApp } from './send-to-app.ts'

export type AppAnswer =
  | { kind: 'answered'; status: number; body: unknown; ms: number; noRetry: boolean }
  | { kind: 'timeout'; ms: number }
  | { kind: 'unreachable'; why: string; ms: number }

export type Interaction = { type: string } & Record<string, unknown>
export type Retry = { attempt: number; reason: RetryReason }
export type RetryReason = 'http_timeout' | 'connection_failed' | 'http_error'

export type ToApp = ReturnType<typeof toApp>

/** Only these two are answered with something that Slack's client shows. */
const answered = ['view_submission', 'block_suggestion']

export function toApp(deps: { http: SendToApp | null; socket: SocketMode | null }) {
  const { http, socket } = deps
  const nowhere: AppAnswer = { kind: 'unreachable', why: 'the app has no open connection', ms: 0 }
  const bySocket = () => (socket?.isOpen() === true ? socket : null)

  async function command(fields: Record<string, string>): Promise<AppAnswer> {
    const open = bySocket()
    if (open) return open.send({ type: 'slash_commands', payload: fields, accepts_response_payload: true })
    return http ? http.form(fields) : nowhere
  }

  async function interaction(payload: Interaction): Promise<AppAnswer> {
    const open = bySocket()
    const accepts_response_payload = answered.includes(payload.type)
    if (open) return open.send({ type: 'interactive', payload, accepts_response_payload })
    return http ? http.form({ payload: JSON.stringify(payload) }) : nowhere
  }

  async function event(envelope: unknown, retry?: Retry): Promise<AppAnswer> {
    const open = bySocket()
    if (open)
      return open.send({
        type: 'events_api',
        payload: envelope,
        accepts_response_payload: false,
        retry_attempt: retry?.attempt ?? 0,
        retry_reason: retry === undefined ? '' : socketReason(retry.reason),
      })
    if (!http) return nowhere
    return http.json(
      envelope,
      retry && { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason },
    )
  }

  /** Slack checks a request URL over HTTP alone. */
  async function verifyUrl(payload: unknown): Promise<AppAnswer> {
    return http ? http.json(payload) : nowhere
  }

  return { command, interaction, event, verifyUrl }
}

function socketReason(reason: RetryReason): string {
  return reason === 'http_timeout' ? 'timeout' : reason
}
