// Puts a server under load from a thread of its own, and says what it answered and how much of a core it took.
import { Worker } from 'node:worker_threads'
import { processorSeconds } from '../servers/child-server.ts'
import type { Traffic } from './traffic.ts'

export type LoadSpec = {
  url: string
  connections: number
  warmupMs: number
  /** Null: until it is stopped, or has had `most` answers. */
  ms: number | null
  most?: number
  traffic: Traffic
  /** Between an answer and the next request of its connection; a load without it asks at once. */
  pauseMs?: number
  /**
   * It takes a whole core and never sleeps. Else whoever answers wakes it, in its own time: on a virtual machine that was
   * two thirds of an answered poll, and the faster server paid less, since it found the load awake.
   */
  awake?: boolean
}

export type Load = {
  requests: number
  seconds: number
  perSecond: number
  /** Milliseconds from asking to the whole answer. */
  p50: number
  p99: number
  longest: number
  /** How many were answered with each status. */
  statuses: Record<string, number>
  /** The same, with what was answered before and after the counting. */
  ever: Record<string, number>
  /** Requests whose connection ended before the answer. */
  failures: number
}

/** What the thread says of itself. */
export type LoadWord = { at: 'begin' } | { at: 'end' } | { at: 'told'; load: Load }

/** `core`: of one core, by all threads of the server; null where the kernel does not tell it. */
export type ServerLoad = Load & { core: number | null }

export type RunningLoad = { begun: Promise<void>; stop(): void; done: Promise<ServerLoad> }

/** @param pid of the server's process. */
export function beginLoad(spec: LoadSpec, pid: number): RunningLoad {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: spec })
  const begun = Promise.withResolvers<void>()
  const done = Promise.withResolvers<ServerLoad>()
  let before: number | null = null
  let used: number | null = null
  worker.on('message', (word: LoadWord) => {
    if (word.at === 'begin') {
      before = processorSeconds(pid)
      begun.resolve()
    } else if (word.at === 'end') {
      const after = processorSeconds(pid)
      used = before === null || after === null ? null : after - before
    } else done.resolve({ ...word.load, core: used === null ? null : used / word.load.seconds })
  })
  const failed = (error: Error) => {
    begun.reject(error)
    done.reject(error)
  }
  worker.on('error', failed)
  worker.on('exit', () => failed(new Error('the load ended before it told what it saw')))
  // Whoever waits for the end alone must not fall over the beginning.
  begun.promise.catch(() => {})
  return { begun: begun.promise, stop: () => worker.postMessage('stop'), done: done.promise }
}

/** @throws when anything but `expected` statuses came back: a fast refusal is no speed. */
export async function load(spec: LoadSpec, pid: number, expected: number[]): Promise<ServerLoad> {
  const seen = await beginLoad(spec, pid).done
  const others = Object.entries(seen.statuses).filter(([status]) => !expected.includes(Number(status)))
  if (others.length > 0 || seen.failures > 0 || seen.requests === 0)
    throw new Error(
      `${spec.url}: expected answers with ${expected.join(' or ')} alone, got ${JSON.stringify(seen.statuses)} and ${seen.failures} cut connections`,
    )
  return seen
}
