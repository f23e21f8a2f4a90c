// A gate in front of a server: shut, it cuts every connection and takes no new one, as a server that is away. Slow, it
// keeps every answer for a while.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

export type TcpGate = {
  port: number
  shut(): Promise<void>
  open(): Promise<void>
  cut(): void
  /** As a machine that is started anew answers what it knows nothing of. */
  reset(): void
  /** As a machine without power: nothing comes through any more and nobody is told; no connection is taken. */
  darken(): void
  slow(ms: number): void
}

export async function tcpGate(target: { host: string; port: number }): Promise<TcpGate> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  }
  let slowMs = 0
  let isDark = false
  const late = () =>
    new Transform({
      transform: (chunk, _, done) =>
        isDark ? done() : void delay(slowMs).then(() => done(null, isDark ? undefined : chunk)),
    })
  const make = () =>
    createServer((client) => {
      const server = connect(target.port, target.host)
      keep(client)
      keep(server)
      client.on('data', (chunk) => isDark || server.write(chunk))
      server.pipe(late()).pipe(client)
      client.on('close', () => server.destroy())
      // One that ends in peace has its last words still under way: they end the client's connection.
      server.on('close', (isBroken) => isBroken && client.destroy())
    })
  let gate = make()
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  const address = gate.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    cut,
    reset() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    darken() {
      isDark = true
      gate.close()
    },
    slow(ms) {
      slowMs = ms
    },
    async shut() {
      const closed = gate.listening ? once(gate, 'close') : undefined
      gate.close()
      cut()
      await closed
    },
    async open() {
      isDark = false
      if (gate.listening) return
      gate = make()
      gate.listen(port, '127.0.0.1')
      await once(gate, 'listening')
    },
  }
}
