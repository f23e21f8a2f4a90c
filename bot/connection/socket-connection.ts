// Socket Mode: for installations that Slack cannot reach. Keeps the socket open until it is told to stop.
import { type AckFn, type App, type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt'
import type { BaseLogger } from 'pino'
import type { Wait } from '../slack-app.ts'
import { address } from './clients.ts'
import { gapMs } from './gap.ts'
import type { TakeEvent } from './take-event.ts'

type Incoming = {
  body: Record<string, unknown>
  ack: (answer?: Record<string, unknown> | string) => Promise<void>
  retry_num?: number
  retry_reason?: string
}

/**
 * Reconnecting is done here and not by the client: its own reconnect leaves a refused token as an unhandled rejection,
 * which ends the process, and its gaps grow to hours.
 */
export function socketConnection(deps: {
  appToken: string
  apiUrl: string | undefined
  take: TakeEvent
  logger: Logger
  log: BaseLogger
  wait: Wait
}) {
  const { appToken, apiUrl, take, logger, log, wait } = deps
  const stopping = new AbortController()
  let connected = false
  let lost = Promise.withResolvers<void>()
  let app: App | null = null
  const running = new Set<Promise<void>>()
  // Only its client is used: it would acknowledge events before they are kept.
  const socket = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...address(apiUrl), retryConfig: { retries: 0 }, timeout: 10_000 } },
  })
  socket.client.on('disconnected', () => {
    connected = false
    lost.resolve()
  })
  socket.client.on('slack_event', (incoming: Incoming) => {
    const work = receive(incoming).catch((error: unknown) =>
      log.error({ err: error }, 'a request of Slack failed'),
    )
    running.add(work)
    void work.finally(() => running.delete(work))
  })

  async function receive({ body, ack, retry_num: retryNum, retry_reason: retryReason }: Incoming) {
    const taken = await take(body)
    if (taken === 'kept') await ack()
    // What is not acknowledged comes again, or is told to the person who waits.
    if (taken !== 'other' || app === null) return
    await app.processEvent({
      body,
      ack: once(ack),
      ...(retryNum === undefined ? {} : { retryNum }),
      ...(retryReason === undefined ? {} : { retryReason }),
    })
  }

  async function keepOpen(): Promise<void> {
    let attempt = 0
    while (!stopping.signal.aborted) {
      lost = Promise.withResolvers<void>()
      try {
        await socket.start()
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

  const receiver: Receiver = {
    init: (bolt) => {
      app = bolt
    },
    start: async () => {},
    stop: async () => {},
  }

  return {
    receiver,
    keepOpen,
    isOpen: () => connected,
    stop: async () => {
      stopping.abort()
      lost.resolve()
      app = null
      await socket.stop()
      await Promise.allSettled(running)
    },
  }
}

/** A second acknowledgement would go to Slack as one of something else. */
function once(ack: Incoming['ack']): AckFn<Parameters<Incoming['ack']>[0]> {
  let isDone = false
  return async (answer) => {
    if (isDone) return
    isDone = true
    await ack(answer)
  }
}
