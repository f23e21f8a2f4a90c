// A request as Slack sends it: signed over the raw body with the shared secret.
import { createHmac } from 'node:crypto'

export function slackRequest(
  body: string,
  secret: string,
  { at = Date.now(), contentType = 'application/x-www-form-urlencoded' } = {},
) {
  const timestamp = String(Math.floor(at / 1000))
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  return {
    method: 'POST' as const,
    url: '/slack/events',
    payload: body,
    headers: {
      'content-type': contentType,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${digest}`,
    },
  }
}
