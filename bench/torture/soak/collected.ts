// Asks a process of Node to collect its garbage, so that what is left of its heap is what it holds.
import { z } from 'zod'
import { freePort } from '../../../demo/factory/free-port.ts'

export type Collector = {
  /** For the process that is to be asked. */
  env: Record<string, string>
  collect(): Promise<void>
}

const targets = z.array(z.object({ webSocketDebuggerUrl: z.string() })).min(1)

/** By its inspector, on this machine alone. */
export async function collector(): Promise<Collector> {
  const port = await freePort()
  return {
    env: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` },
    async collect() {
      const listed = targets.parse(await (await fetch(`http://127.0.0.1:${port}/json/list`)).json())
      await asked(listed[0]?.webSocketDebuggerUrl ?? '')
    },
  }
}

async function asked(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = new WebSocket(url)
  socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }))
  socket.onmessage = () => resolve()
  socket.onerror = () => reject(new Error(`the inspector at ${url} did not collect`))
  try {
    await promise
  } finally {
    socket.close()
  }
}
