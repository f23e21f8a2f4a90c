// Posts a signed request to the app and tells how it was answered within three seconds.
import { createHmac } from 'node:crypto'
import type { AppAnswer } from './to-app.ts'

export type SendToApp = ReturnType<typeof sendToApp>

type Deps = { appUrl: () => string; signingSecret: string; now: () => number; ackTimeoutMs: number }

export function sendToApp(deps: Deps) {
  async function send(body: string, contentType: string, extra: Record<string, string>): Promise<AppAnswer> {
    const started = performance.now()
    const ms = () => Math.round(performance.now() - started)
    try {
      const response = await fetch(deps.appUrl(), {
        method: 'POST',
        body,
        headers: {
          'content-type': contentType,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          ...signature(body, deps),
          ...extra,
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(deps.ackTimeoutMs),
      })
      const text = await response.text()
      const noRetry = response.headers.get('x-slack-no-retry') === '1'
      return { kind: 'answered', status: response.status, body: fromJson(text), ms: ms(), noRetry }
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timeout', ms: ms() }
      return { kind: 'unreachable', why: String(error), ms: ms() }
    }
  }

  return {
    form: (fields: Record<string, string>) =>
      send(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', {}),
    json: (payload: unknown, extra: Record<string, string> = {}) =>
      send(JSON.stringify(payload), 'application/json', extra),
  }
}

/** Slack's v0 scheme: HMAC-SHA256 over `v0:<unix seconds>:<raw body>`. docs.slack.dev/authentication/verifying-requests-from-slack */
function signature(body: string, deps: Deps): Record<string, string> {
  const timestamp = String(Math.floor(deps.now() / 1000))
  const digest = createHmac('sha256', deps.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
