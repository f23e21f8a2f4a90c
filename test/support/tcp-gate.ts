// A gate in front of a server: shut, it cuts every connection and takes no new one, as a server that is away.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type TcpGate = { port: number; shut(): Promise<void>; open(): Promise<void>; cut(): void }

export async function tcpGate(target: { host: string; port: number }): Promise<TcpGate> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  }
  const make = () =>
    createServer((client) => {
      const server = connect(target.port, target.host)
      keep(client)
      keep(server)
      client.pipe(server)
      server.pipe(client)
      client.on('close', () => server.destroy())
      server.on('close', () => client.destroy())
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
    async shut() {
      const closed = once(gate, 'close')
      gate.close()
      cut()
      await closed
    },
    async open() {
      gate = make()
      gate.listen(port, '127.0.0.1')
      await once(gate, 'listening')
    },
  }
}
