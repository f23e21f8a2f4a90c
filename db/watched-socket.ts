// A connection to PostgreSQL that notices when its server has vanished without a word, as a machine without power does.
import { connect, Socket } from 'node:net'

type Target = { path: string } | { host: string; port: number }
/** As postgres.js has read it from the address: several hosts are tried in turn, as it does itself. */
type Where = { host: string[]; port: number[]; path?: string | false }

/**
 * Sockets for postgres.js, which waits for an answer as long as the system does: a quarter of an hour. While one hears
 * nothing, the server is tried by another connection, once per `silentMs` for all of them. A statement may take its
 * time; a server that takes no connection is at none. Nothing here listens to the socket: TLS takes all listeners off.
 */
export function watchedSockets({ silentMs = 10_000, reachMs = 5_000 } = {}): (where: Where) => Socket {
  const tried = new Map<string, { at: number; isThere: Promise<boolean> }>()
  let turn = 0

  function isThere(target: Target): Promise<boolean> {
    const key = JSON.stringify(target)
    const last = tried.get(key)
    if (last && performance.now() - last.at < silentMs / 2) return last.isThere
    const now = { at: performance.now(), isThere: canBeReached(target, reachMs) }
    tried.set(key, now)
    return now.isThere
  }

  function watch(socket: Socket, target: Target): void {
    let heard = -1
    const clock = setInterval(async () => {
      if (socket.destroyed) return clearInterval(clock)
      const isSilent = socket.bytesRead === heard
      heard = socket.bytesRead
      if (!isSilent || socket.connecting || (await isThere(target)) || socket.bytesRead !== heard) return
      socket.destroy(vanished())
    }, silentMs)
    clock.unref()
  }

  return ({ host, port, path }) => {
    const at = turn++ % host.length
    const target = path ? { path } : { host: host[at] ?? 'localhost', port: port[at % port.length] ?? 5432 }
    const socket = new Socket()
    watch(socket, target)
    return socket.connect(target)
  }
}

function canBeReached(target: Target, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(target)
    const end = (answer: boolean) => {
      probe.destroy()
      resolve(answer)
    }
    probe.setTimeout(ms, () => end(false))
    probe.on('connect', () => end(true))
    probe.on('error', () => end(false))
  })
}

function vanished(): Error {
  const error = new Error('PostgreSQL does not answer any more and takes no new connection')
  return Object.assign(error, { code: 'ETIMEDOUT' })
}
