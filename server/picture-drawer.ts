// Charts as PNG: each drawn in a thread of its own, one after another.
import { Worker } from 'node:worker_threads'
import { z } from 'zod'

/** Real time. A drawing takes a second or two with its thread's start. */
const patienceMs = 30_000
/** Who comes when so many wait already is sent away: half a minute of drawing is enough to wait for. */
const mostWaiting = 20

/** @param spec of vega-lite. */
export type DrawPicture = (spec: object) => Promise<Buffer>

/** One drawing at a time: a thread takes some hundred megabytes while it lives. Rejects when too many wait. */
export function pictureDrawer(): DrawPicture {
  let before: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return (spec) => {
    if (waiting >= mostWaiting)
      return Promise.reject(new Error(`expected fewer than ${mostWaiting} pictures to be drawn at a time`))
    waiting++
    const mine = before.then(() => drawn(spec)).finally(() => waiting--)
    before = mine.catch(() => undefined)
    return mine
  }
}

const reply = z.union([z.object({ png: z.instanceof(Uint8Array) }), z.object({ error: z.string() })])

/**
 * In a thread of its own that ends with the drawing: vega and the painter take 100 to 250 ms of a processor, in which
 * nobody else would be answered.
 */
function drawn(spec: object): Promise<Buffer> {
  const worker = new Worker(new URL('./card-chart-worker.ts', import.meta.url), { workerData: spec })
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const impatience = setTimeout(
    () => reject(new Error(`a chart was not drawn within ${patienceMs} ms`)),
    patienceMs,
  )
  worker.once('message', (message: unknown) => {
    const got = reply.parse(message)
    if ('png' in got) resolve(Buffer.from(got.png))
    else reject(new Error(got.error))
  })
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the thread that draws charts ended without a drawing')))
  return promise.finally(() => {
    clearTimeout(impatience)
    void worker.terminate()
  })
}
