// A small Bolt app on a free port beside a workspace, both stopped after the test.
import { App, HTTPReceiver } from '@slack/bolt'
import { onTestFinished } from 'vitest'
import {
  type SlackWorkspace,
  type SlackWorkspaceOptions,
  startSlackWorkspace,
} from '../../../../demo/slack/workspace.ts'
import { silent } from './silent-logger.ts'

export const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5'
export const botToken = 'xoxb-of-the-tests'
export const ines = 'U0TESTENG1'
export const marek = 'U0PROCESS1'
export const rollouts = 'C0ROLLOUTS'

export async function workspace(options: Partial<SlackWorkspaceOptions> = {}): Promise<SlackWorkspace> {
  const slack = await startSlackWorkspace({
    appUrl: () => 'http://127.0.0.1:9/slack/events',
    signingSecret,
    botToken,
    fileProcessingMs: 0,
    eventRetryDelaysMs: [],
    ...options,
  })
  onTestFinished(() => slack.close())
  return slack
}

type AppOptions = Partial<SlackWorkspaceOptions> & { appSigningSecret?: string }

/** A workspace with an app that `listen` gives its listeners. */
export async function workspaceWithApp(
  listen: (app: App) => void,
  options: AppOptions = {},
): Promise<SlackWorkspace> {
  let appPort = 0
  const slack = await workspace({
    ...options,
    appUrl: () => `http://127.0.0.1:${appPort}/slack/events`,
  })
  const receiver = new HTTPReceiver({
    signingSecret: options.appSigningSecret ?? signingSecret,
    logger: silent,
    unhandledRequestTimeoutMillis: 400,
  })
  const app = new App({
    receiver,
    token: botToken,
    botId: slack.team.botId,
    botUserId: slack.team.botUserId,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: silent,
  })
  listen(app)
  const server = await receiver.start(0)
  const address = server.address()
  appPort = address !== null && typeof address === 'object' ? address.port : 0
  onTestFinished(async () => {
    server.closeAllConnections()
    await app.stop()
  })
  return slack
}
