// The two ways to call Slack: for a person who waits, and for the queue, which does its own waiting.
import type { Logger } from '@slack/bolt'
import { WebClient, type WebClientOptions } from '@slack/web-api'
import { createPace } from './pace.ts'

export type Clients = { interactive: WebClient; background: WebClient }

/** One 429 would pause every call of a client that waits by itself, so neither does. */
export function interactiveOptions(apiUrl: string | undefined, logger: Logger): WebClientOptions {
  return {
    ...address(apiUrl),
    logger,
    timeout: 5000,
    retryConfig: { retries: 1, minTimeout: 100 },
    rejectRateLimitedCalls: true,
  }
}

/** Both keep one pace: what Slack asked of the one holds for the other. */
export function createClients(deps: {
  botToken: string
  apiUrl: string | undefined
  logger: Logger
  now: () => number
}): Clients {
  const { botToken, apiUrl, logger, now } = deps
  const paced = createPace({ now })
  return {
    interactive: new WebClient(botToken, {
      ...interactiveOptions(apiUrl, logger),
      fetch: paced(fetch, { spaced: false }),
    }),
    background: new WebClient(botToken, {
      ...address(apiUrl),
      logger,
      timeout: 15_000,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      fetch: paced(fetch, { spaced: true }),
    }),
  }
}

export function address(apiUrl: string | undefined): { slackApiUrl?: string } {
  return apiUrl === undefined ? {} : { slackApiUrl: apiUrl }
}
