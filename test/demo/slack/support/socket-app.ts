// A small Bolt app that is connected over Socket Mode, stopped after the test.
import { App, SocketModeReceiver } from '@slack/bolt'
import { onTestFinished } from 'vitest'
import type { SlackWorkspace } from '../../../../demo/slack/workspace.ts'
import { silent } from './silent-logger.ts'
import { botToken } from './small-app.ts'

export const appToken = 'xapp-1-of-the-tests'

/** Connects an app that `listen` gives its listeners; resolves at Slack's hello. */
export async function socketApp(slack: SlackWorkspace, listen: (app: App) => void) {
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } }
  const receiver = new SocketModeReceiver({
    appToken,
    logger: silent,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions },
  })
  const app = new App({
    receiver,
    token: botToken,
    botId: slack.team.botId,
    botUserId: slack.team.botUserId,
    clientOptions,
    logger: silent,
  })
  listen(app)
  const disconnected = new Promise<void>((resolve) => receiver.client.once('disconnected', () => resolve()))
  await app.start()
  let stopped = false
  const stop = async () => {
    if (!stopped) await app.stop()
    stopped = true
  }
  onTestFinished(stop)
  return { app, disconnected, stop }
}
