// Socket Mode: for installations that Slack cannot reach. Keeps the socket open until it is told to stop.
import { type Logger, SocketModeReceiver } from '@slack/bolt'
import type { BaseLogger } from 'pino'
import { address } from './clients.ts'
import { gapMs } from './gap.ts'
import type { Wait } from './slack-app.ts'

/**
 * Reconnecting is done here and not by the client: its own reconnect leaves a refused token as an unhandled rejection,
 * which ends the process, and its gaps grow to hours.
 */
export function socketConnection(deps: {
  appToken: string
  apiUrl: string | undefined
  logger: Logger
  log: BaseLogger
  wait: Wait
}) {
  const { appToken, apiUrl, logger, log, wait } = deps
  const stopping = new AbortController()
  let connected = false
  let lost = Promise.withResolvers<void>()
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...address(apiUrl), retryConfig: { retries: 0 }, timeout: 10_000 } },
  })
  receiver.client.on('disconnected', () => {
    connected = false
    lost.resolve()
  })

  async function keepOpen(): Promise<void> {
    let attempt = 0
    while (!stopping.signal.aborted) {
      lost = Promise.withResolvers<void>()
      try {
        await receiver.start()
        connected = true
        attempt = 0
        log.info('the Socket Mode connection to Slack is open')
        await lost.promise
        if (!stopping.signal.aborted) log.info('the Socket Mode connection to Slack was closed: reconnecting')
      } catch (error) {
        if (stopping.signal.aborted) return
        const ms = gapMs(attempt)
        attempt += 1
        const why = error instanceof Error ? error.message : String(error)
        log.warn(
          { attempt, why },
          `Slack's Socket Mode cannot be opened: ${why}. Next attempt in ${ms / 1000} s.`,
        )
        await wait(ms, stopping.signal)
      }
    }
  }

  return {
    receiver,
    keepOpen,
    isOpen: () => connected,
    stop: async () => {
      stopping.abort()
      lost.resolve()
      await receiver.stop()
    },
  }
}
