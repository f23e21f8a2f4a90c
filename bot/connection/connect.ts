// Asks Slack who the bot is until Slack answers; the service runs all the while.
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import type { BaseLogger } from 'pino'
import type { Wait } from '../slack-app.ts'
import { gapMs } from './gap.ts'

export type BotIdentity = { botId: string; botUserId: string; teamId: string }

/** Null when it was told to stop before Slack answered. */
export async function connect(deps: {
  client: WebClient
  log: BaseLogger
  wait: Wait
  signal: AbortSignal
  onFailure: (why: string) => void
}): Promise<BotIdentity | null> {
  const { client, log, wait, signal, onFailure } = deps
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const { bot_id: botId, user_id: botUserId, team_id: teamId } = await client.auth.test()
      if (botId && botUserId && teamId) return { botId, botUserId, teamId }
      throw new Error('SLACK_BOT_TOKEN is not the token of a bot: expected one that starts with xoxb-')
    } catch (error) {
      const ms = gapMs(attempt)
      const why = reason(error)
      onFailure(why)
      log.warn(
        { attempt: attempt + 1, why },
        `Slack is not connected: ${why}. Next attempt in ${ms / 1000} s.`,
      )
      await wait(ms, signal)
    }
  }
  return null
}

function reason(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return `Slack refused the bot token: ${error.data.error}`
  return error instanceof Error ? error.message : String(error)
}
