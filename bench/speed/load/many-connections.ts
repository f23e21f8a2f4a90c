// Thousands of stations at once, each on a connection of its own: idle long polls, or a fleet that comes back.
import { Worker } from 'node:worker_threads'

export type ManySpec = {
  url: string
  keys: string[]
  /** Seconds that a poll waits once it knows its ETag; null: each station is answered once, and that is all. */
  waitSeconds: number | null
}
export type ManyWord = { at: 'all answered'; ms: number; again: number; statuses: Record<string, number> }

/** `again`: how many requests had to be repeated, after a refusal or a cut connection. */
export type Answered = Omit<ManyWord, 'at'>

/** The connections stay open until `end`. */
export function manyConnections(spec: ManySpec): { answered: Promise<Answered>; end(): Promise<void> } {
  const worker = new Worker(new URL('./many-connections-worker.ts', import.meta.url), { workerData: spec })
  const answered = Promise.withResolvers<Answered>()
  answered.promise.catch(() => {})
  worker.on('message', ({ at: _at, ...told }: ManyWord) => answered.resolve(told))
  worker.on('error', answered.reject)
  worker.on('exit', () => answered.reject(new Error('the connections ended before all were answered')))
  return {
    answered: answered.promise,
    async end() {
      await worker.terminate()
    },
  }
}
