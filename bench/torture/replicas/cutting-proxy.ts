// Between one process and PostgreSQL, in a thread of its own: breaks off at an exact byte, or at a commit, when told to.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export type Strike = {
  /**
   * `byte`: after so many more bytes, in either direction, in the middle of whatever they belong to. `commit`: the next
   * commit is not let through. `commit answer`: it is, and its answer is not.
   */
  at: 'byte' | 'commit' | 'commit answer'
  /** Counts only for `byte`. */
  after: number
  /** The connection that it happens on, or all of the process. */
  reach: 'one' | 'all'
  /** Killed at that very moment, by SIGKILL. */
  pid: number | null
}
/** `idle`: nothing passed in time, so it was struck between two questions. */
export type Struck = { where: 'question' | 'answer' | 'idle'; commitOpen: boolean }

export type CuttingProxy = {
  port: number
  strike(strike: Strike): Promise<Struck>
  /** Connections break off at once, and new ones at their beginning, until `restore`. */
  sever(): void
  restore(): void
  close(): Promise<void>
}

const patienceMs = 400

/** @param target a port of this machine. */
export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { cutBefore: target } })
  const [port]: unknown[] = await once(worker, 'message')
  return {
    port: Number(port),
    async strike(strike) {
      worker.postMessage({ strike })
      const [struck]: Struck[] = await once(worker, 'message')
      if (struck === undefined) throw new Error('the proxy ended before it struck')
      return struck
    },
    sever: () => worker.postMessage({ severed: true }),
    restore: () => worker.postMessage({ severed: false }),
    async close() {
      await worker.terminate()
    },
  }
}

if (!isMainThread && workerData?.cutBefore) serve(workerData.cutBefore)

type Order = { strike: Strike } | { severed: boolean }
type Pair = { client: Socket; server: Socket; commitOpen: boolean }

function serve(target: number): void {
  const pairs = new Set<Pair>()
  let awaited: { strike: Strike; left: number; impatience: NodeJS.Timeout } | null = null
  let severed = false

  parentPort?.on('message', (order: Order) => {
    if ('severed' in order) {
      severed = order.severed
      if (severed) for (const pair of pairs) destroy(pair)
      return
    }
    const { strike } = order
    const impatience = setTimeout(() => hit(null, 'idle'), patienceMs)
    awaited = { strike, left: strike.after, impatience }
  })

  function hit(pair: Pair | null, where: Struck['where']): void {
    if (awaited === null) return
    const { strike, impatience } = awaited
    clearTimeout(impatience)
    awaited = null
    if (strike.pid !== null) kill(strike.pid)
    const struck: Struck = { where, commitOpen: pair?.commitOpen ?? false }
    const [any] = pairs
    const hitPairs = strike.reach === 'all' || strike.pid !== null ? [...pairs] : [pair ?? any]
    for (const each of hitPairs) if (each !== undefined) destroy(each)
    parentPort?.postMessage(struck)
  }

  /** What of a part still passes; less than all of it where it is struck. */
  function passing(pair: Pair, part: Buffer, where: 'question' | 'answer'): Buffer {
    const isCommit = where === 'question' && /\bcommit\b/i.test(part.toString('latin1'))
    const answersCommit = where === 'answer' && pair.commitOpen
    if (isCommit) pair.commitOpen = true
    if (awaited === null) {
      if (answersCommit) pair.commitOpen = false
      return part
    }
    const { at } = awaited.strike
    if ((at === 'commit' && isCommit) || (at === 'commit answer' && answersCommit)) {
      hit(pair, where)
      return Buffer.alloc(0)
    }
    if (at === 'byte' && part.length >= awaited.left) {
      const before = part.subarray(0, awaited.left)
      // In two halves of a message: what comes first is on its way before the connection goes.
      if (where === 'question') pair.server.write(before)
      hit(pair, where)
      return Buffer.alloc(0)
    }
    awaited.left -= at === 'byte' ? part.length : 0
    if (answersCommit) pair.commitOpen = false
    return part
  }

  const proxy = createServer({ noDelay: true }, (client) => {
    if (severed) return void client.destroy()
    const server = connect({ host: '127.0.0.1', port: target, noDelay: true })
    const pair: Pair = { client, server, commitOpen: false }
    pairs.add(pair)
    const relay = (from: Socket, to: Socket, where: 'question' | 'answer') =>
      from.on('data', (part) => {
        const passed = passing(pair, part, where)
        if (passed.length > 0 && !to.destroyed && !to.write(passed)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
    relay(client, server, 'question')
    relay(server, client, 'answer')
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {})
      one.on('close', () => {
        pairs.delete(pair)
        // What was written reaches the other side, as it does when a process dies.
        other.destroySoon()
      })
    }
  })
  proxy.listen(0, '127.0.0.1', () => {
    const address = proxy.address()
    parentPort?.postMessage(address !== null && typeof address === 'object' ? address.port : 0)
  })
}

function destroy({ client, server }: Pair): void {
  client.destroy()
  server.destroySoon()
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself; whoever started it sees that.
  }
}
