// A proxy before servers, in a thread of its own: connections go to one after the other, answers may be held back.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export type TcpProxy = {
  port: number
  /** Every answer comes so much later from now on. */
  delay(ms: number): void
  close(): Promise<void>
}

/** @param targets ports of this machine. */
export async function tcpProxy(targets: number[]): Promise<TcpProxy> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { targets } })
  const [port]: unknown[] = await once(worker, 'message')
  return {
    port: Number(port),
    delay: (ms) => worker.postMessage(ms),
    async close() {
      await worker.terminate()
    },
  }
}

if (!isMainThread && workerData?.targets) serve(workerData.targets)

function serve(targets: number[]): void {
  let next = 0
  let delayMs = 0
  parentPort?.on('message', (ms: number) => {
    delayMs = ms
  })
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: targets[next % targets.length] ?? 0, noDelay: true })
    next += 1
    client.pipe(server)
    // Whichever timer fires first writes what came first: with a new delay the order stays.
    const held: Buffer[] = []
    server.on('data', (part) => {
      if (delayMs === 0 && held.length === 0) return void client.write(part)
      held.push(part)
      setTimeout(() => client.write(held.shift() ?? ''), delayMs)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => other.destroy())
    }
  })
  proxy.listen(0, '127.0.0.1', () => {
    const address = proxy.address()
    parentPort?.postMessage(address !== null && typeof address === 'object' ? address.port : 0)
  })
}
