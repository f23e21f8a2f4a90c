// A load's own thread: whoever watches must not wait behind what is sent.
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { keepAsking } from './connection.ts'
import type { LoadSpec, LoadWord } from './load.ts'
import { asking } from './traffic.ts'

const spec: LoadSpec = workerData
const patienceMs = 20_000
const { hostname, port } = new URL(spec.url)
const ending = new AbortController()
const times: number[] = []
const statuses: Record<string, number> = {}
const ever: Record<string, number> = {}
let counting = false
let failures = 0
const begun = Promise.withResolvers<void>()
let answers = 0
// Polls that know no tag yet are not those that are to be measured.
const before = spec.traffic.kind === 'gets' ? spec.traffic.requests.length : 1
const enough = Promise.withResolvers<void>()
const counted = Promise.withResolvers<void>()
const stopped = new Promise<void>((resolve) => parentPort?.once('message', () => resolve()))
const say = (word: LoadWord) => parentPort?.postMessage(word)

const ask = asking(spec.traffic)
const connections = Array.from({ length: spec.connections }, () =>
  keepAsking({
    host: hostname,
    port: Number(port),
    ask,
    pauseMs: spec.pauseMs ?? 0,
    signal: ending.signal,
    answered({ status, ms }) {
      ever[status] = (ever[status] ?? 0) + 1
      answers += 1
      if (answers >= before) begun.resolve()
      if (!counting) return
      times.push(ms)
      if (times.length >= 2 * spec.connections) counted.resolve()
      if (spec.most !== undefined && times.length >= spec.most) enough.resolve()
      statuses[status] = (statuses[status] ?? 0) + 1
    },
    failed() {
      if (counting) failures += 1
    },
  }),
)

if (spec.awake) stayAwake()

// A server that is slow to take up its work is not counted as one that does none.
await Promise.race([begun.promise, stopped, pause(patienceMs)])
await pause(spec.warmupMs)
counting = true
const from = performance.now()
say({ at: 'begin' })
// Answers come in groups where commits do: each connection is to have had two at least.
const over = spec.ms === null ? new Promise(() => {}) : pause(spec.ms).then(() => counted.promise)
await Promise.race([
  over,
  stopped,
  enough.promise,
  ...(spec.ms === null ? [] : [pause(spec.ms + patienceMs)]),
])
const seconds = (performance.now() - from) / 1000
counting = false
say({ at: 'end' })
ending.abort()
await Promise.all(connections)
times.sort((one, other) => one - other)
const atShare = (share: number) => times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? Number.NaN
say({
  at: 'told',
  load: {
    requests: times.length,
    seconds,
    perSecond: times.length / seconds,
    p50: atShare(0.5),
    p99: atShare(0.99),
    longest: atShare(1),
    statuses,
    ever,
    failures,
  },
})
process.exit()

/** Looks for answers again and again instead of sleeping until there is one. */
function stayAwake(): void {
  if (!ending.signal.aborted) setImmediate(stayAwake)
}
