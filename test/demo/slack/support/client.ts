// Slack's own client against a workspace, and what it says about a refused call.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import type { SlackWorkspace } from '../../../../demo/slack/workspace.ts'
import { silent } from './silent-logger.ts'
import { botToken } from './small-app.ts'

export function client(slack: SlackWorkspace, token = botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })
}

export async function refusal(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof WebAPIPlatformError)) throw new Error(`expected a refusal by Slack, ${error} came`)
  const { data } = error
  return { error: data.error, messages: data.response_metadata?.messages ?? [] }
}
