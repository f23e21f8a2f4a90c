// The thread of many connections. Each asks once without a tag; then it waits with the tag that it was given.
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { ManySpec, ManyWord } from './many-connections.ts'

const { url, keys, waitSeconds }: ManySpec = workerData
const { hostname, port } = new URL(url)
const from = performance.now()
const statuses: Record<string, number> = {}
let again = 0
let left = keys.length

for (const key of keys) void untilAnswered(key)

async function untilAnswered(key: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const tag = await askOnce(key)
    if (tag !== null) break
    again += 1
    // As stations do: later each time, and not all at the same moment.
    await pause(Math.min(2_000, 50 * 2 ** tries) * (0.5 + Math.random()))
  }
  left -= 1
  if (left > 0) return
  const word: ManyWord = { at: 'all answered', ms: performance.now() - from, again, statuses }
  parentPort?.postMessage(word)
}

/** The tag of a 200; null when it has to be asked again. The connection stays open where the poll goes on. */
function askOnce(key: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const head = (path: string, more = '') =>
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n${more}\r\n`
    const path = '/api/v1/stations/me/assignments'
    let received = ''
    let isDone = false
    socket.on('connect', () => socket.write(head(path)))
    socket.on('data', (part) => {
      if (isDone) return
      received += part.toString('latin1')
      if (!received.includes('\r\n\r\n')) return
      isDone = true
      const status = received.slice(9, 12)
      statuses[status] = (statuses[status] ?? 0) + 1
      const tag = /\r\netag: ([^\r]+)/i.exec(received)?.[1] ?? ''
      if (status !== '200' || waitSeconds === null) socket.destroy()
      else socket.write(head(`${path}?wait=${waitSeconds}`, `if-none-match: ${tag}\r\n`))
      resolve(status === '200' ? tag : null)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(null))
  })
}
