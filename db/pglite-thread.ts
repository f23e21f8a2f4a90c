// PGlite in a worker thread, spoken to like a PGlite: queries wait their turn, a transaction keeps the line to itself.
import { Worker } from 'node:worker_threads'
import type { CompiledPglite, PgliteReply, PgliteRequest, PgliteWorkerData } from './pglite-worker.ts'
import { type InLine, twoLanes } from './two-lanes.ts'

type Result = {
  rows: Record<string, unknown>[]
  affectedRows?: number
  fields: { name: string; dataTypeID: number }[]
}
type QueryOptions = { rowMode?: 'array' | 'object' }
export type PgliteSession = {
  query(text: string, values?: unknown[], options?: QueryOptions): Promise<Result>
  exec(text: string): Promise<Result[]>
}
type PgliteLine = PgliteSession & {
  transaction<T>(work: (session: PgliteSession) => Promise<T>): Promise<T>
}
export type PgliteThread = PgliteLine & {
  /** What is asked here goes to the front of the line. */
  ahead: PgliteLine
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  /** How often the disk was told to sync so far; a durable commit raises it. */
  syncs(): Promise<number>
  close(): Promise<void>
}

type Unsent<T> = T extends { id: number } ? Omit<T, 'id'> : never

// Held as long as the process runs: what a database that was closed had compiled and optimised is the next one's. Without it
// opening one and its first 300 queries took 2.8 s of processor time instead of 1.4, and 700 MB instead of 220.
let compiled: Promise<CompiledPglite | null> | undefined

/** Opens the database of `directory` (created when absent), or one in memory when it is null. */
export async function pgliteThread(directory: string | null): Promise<PgliteThread> {
  const modules = (await compiled) ?? null
  const compiling = Promise.withResolvers<CompiledPglite | null>()
  if (modules === null) compiled = compiling.promise
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), {
    workerData: { directory, modules } satisfies PgliteWorkerData,
  })
  const waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  const listeners = new Map<string, Set<(payload: string) => void>>()
  let next = 1
  let ended: Error | null = null

  worker.on('message', (reply: PgliteReply) => {
    if ('notification' in reply) {
      for (const heard of listeners.get(reply.notification.channel) ?? []) heard(reply.notification.payload)
      return
    }
    if ('compiled' in reply) return compiling.resolve(reply.compiled)
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) waiter?.reject(Object.assign(new Error(reply.error.message), reply.error.fields))
    else waiter?.resolve(reply.result as never)
  })
  const end = (error: Error) => {
    ended = error
    compiling.resolve(null)
    for (const waiter of waiting.values()) waiter.reject(error)
    waiting.clear()
  }
  worker.on('error', end)
  worker.on('exit', () => end(ended ?? new Error('the embedded database has been closed')))

  function call<T>(request: Unsent<PgliteRequest>): Promise<T> {
    if (ended) return Promise.reject(ended)
    return new Promise<T>((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve, reject })
      worker.postMessage({ ...request, id })
    })
  }

  const session = (inTransaction: boolean): PgliteSession => ({
    query: (text, values = [], options = {}) =>
      call<Result>({
        op: 'query',
        text,
        values,
        rowMode: options.rowMode ?? 'object',
        inTransaction,
      }),
    exec: (text) => call<Result[]>({ op: 'exec', text, inTransaction }),
  })

  const alone = session(false)
  const within = session(true)
  await alone.query('select 1')

  const line = (inLine: InLine): PgliteLine => ({
    query: (text, values, options) => inLine(() => alone.query(text, values, options)),
    exec: (text) => inLine(() => alone.exec(text)),
    transaction: (work) =>
      inLine(async () => {
        await within.exec('BEGIN')
        try {
          const result = await work(within)
          await within.exec('COMMIT')
          return result
        } catch (error) {
          await within.exec('ROLLBACK').catch(() => {})
          throw error
        }
      }),
  })
  const { usual: inLine, ahead } = twoLanes()

  return {
    ...line(inLine),
    ahead: line(ahead),
    async listen(channel, heard) {
      const present = listeners.get(channel)
      if (present) present.add(heard)
      else {
        listeners.set(channel, new Set([heard]))
        await inLine(() => call({ op: 'listen', channel }))
      }
      return async () => void listeners.get(channel)?.delete(heard)
    },
    syncs: () => call<number>({ op: 'syncs' }),
    async close() {
      await inLine(() => call({ op: 'close' })).catch(() => {})
      await worker.terminate()
    },
  }
}
