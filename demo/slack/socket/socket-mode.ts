// Socket Mode: connections that an app opens with a ticket, and the envelopes that go over them.
// Source: docs.slack.dev/apis/events-api/using-socket-mode
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import type { AppAnswer } from '../app/to-app.ts'
import type { Changes } from '../state/changes.ts'
import { handshake, refuseUpgrade } from './handshake.ts'
import { type ServerWebSocket, serverWebSocket } from './web-socket.ts'

export type EnvelopeType = 'events_api' | 'slash_commands' | 'interactive'
export type Envelope = {
  type: EnvelopeType
  payload: unknown
  /** Whether the acknowledgement may carry an answer; of another one Slack takes no notice. */
  accepts_response_payload: boolean
  retry_attempt?: number
  retry_reason?: string
}
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'
export type SocketMode = ReturnType<typeof socketMode>

type Connection = { ws: ServerWebSocket; missedPongs: number; isLeaving: boolean }
type Pending = { connection: Connection; settle: (answer: AppAnswer) => void; takesPayload: boolean }

const ticketLifetimeMs = 30_000
const maxConnections = 10
const pingEveryMs = 10_000
const maxMissedPongs = 3
/** Slack announces the end of a connection about this long before it. */
const warningMs = 10_000

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.unknown().optional() })

export function socketMode(deps: {
  appId: string
  baseUrl: () => string
  now: () => number
  changes: Changes
  ackTimeoutMs: number
}) {
  const tickets = new Map<string, number>()
  const pending = new Map<string, Pending>()
  const accepted = new Set<ServerWebSocket>()
  let connections: Connection[] = []
  let turn = 0
  const pings = setInterval(pingAll, pingEveryMs).unref()

  /** An address that opens one connection, within half a minute. */
  function issueUrl(): string {
    const ticket = randomUUID()
    tickets.set(ticket, deps.now())
    return `${deps.baseUrl().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${deps.appId}`
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', deps.baseUrl())
    const answer = handshake(request)
    if (answer === null) socket.end(refuseUpgrade('400 Bad Request'))
    else if (url.pathname !== '/link/' || !redeem(url.searchParams.get('ticket') ?? ''))
      socket.end(refuseUpgrade('404 Not Found'))
    else {
      socket.write(answer)
      open(socket, head)
    }
  }

  function redeem(ticket: string): boolean {
    const issuedAt = tickets.get(ticket)
    tickets.delete(ticket)
    return issuedAt !== undefined && deps.now() - issuedAt <= ticketLifetimeMs
  }

  function open(socket: Duplex, head: Buffer): void {
    const ws = serverWebSocket(socket, head, {
      text: (message) => take(connection, message),
      pong: () => {
        connection.missedPongs = 0
      },
      closed: () => forget(connection),
    })
    accepted.add(ws)
    const connection: Connection = { ws, missedPongs: 0, isLeaving: false }
    if (connections.length >= maxConnections) {
      leave(connection, 'too_many_websockets')
      return
    }
    connections = [...connections, connection]
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: connections.length,
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: deps.appId },
      }),
    )
    deps.changes.happened()
  }

  function take(connection: Connection, message: string): void {
    const parsed = acknowledgement.safeParse(fromJson(message))
    if (!parsed.success) return
    const waiting = pending.get(parsed.data.envelope_id)
    // An acknowledgement counts on the connection that brought the envelope.
    if (waiting?.connection !== connection) return
    const body = waiting.takesPayload ? (parsed.data.payload ?? '') : ''
    waiting.settle({ kind: 'answered', status: 200, body, ms: 0, noRetry: false })
  }

  function forget(connection: Connection): void {
    accepted.delete(connection.ws)
    connections = connections.filter((one) => one !== connection)
    for (const waiting of pending.values())
      if (waiting.connection === connection)
        waiting.settle({
          kind: 'unreachable',
          why: 'the connection closed before it was acknowledged',
          ms: 0,
        })
    deps.changes.happened()
  }

  /** Connections take turns; one that is about to close gets nothing new. */
  async function send(envelope: Envelope): Promise<AppAnswer> {
    const started = performance.now()
    const ms = () => Math.round(performance.now() - started)
    const open = connections.filter((one) => !one.isLeaving)
    const connection = open[turn % Math.max(open.length, 1)]
    turn += 1
    if (!connection) return { kind: 'unreachable', why: 'the app has no open Socket Mode connection', ms: 0 }
    const envelopeId = randomUUID()
    const answered = Promise.withResolvers<AppAnswer>()
    const timer = setTimeout(() => answered.resolve({ kind: 'timeout', ms: ms() }), deps.ackTimeoutMs)
    const takesPayload = envelope.accepts_response_payload
    pending.set(envelopeId, { connection, settle: answered.resolve, takesPayload })
    connection.ws.send(JSON.stringify({ envelope_id: envelopeId, ...envelope }))
    const answer = await answered.promise
    clearTimeout(timer)
    pending.delete(envelopeId)
    return { ...answer, ms: ms() }
  }

  function leave(connection: Connection, reason: DisconnectReason): void {
    connection.isLeaving = true
    connection.ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } }))
    if (reason === 'warning') setTimeout(() => connection.ws.close(), warningMs).unref()
    else connection.ws.close()
  }

  function pingAll(): void {
    for (const connection of connections) {
      if (connection.missedPongs >= maxMissedPongs) connection.ws.terminate()
      connection.missedPongs += 1
      connection.ws.ping()
    }
  }

  return {
    issueUrl,
    upgrade,
    send,
    isOpen: () => connections.some((one) => !one.isLeaving),
    count: () => connections.length,
    /** Slack's own end of all connections, announced first. */
    disconnect: (reason: DisconnectReason) => {
      for (const connection of connections) leave(connection, reason)
    },
    /** All connections are gone without a word. */
    drop: () => {
      for (const connection of connections) connection.ws.terminate()
    },
    stop: () => {
      clearInterval(pings)
      for (const ws of accepted) ws.terminate()
    },
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
