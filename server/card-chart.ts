// The picture of a card's chart: said what it will show at once, drawn apart when it is wanted.
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { cardChart } from '../views/charts/card-chart.ts'
import type { ChartSpec } from '../views/charts/chart-frame.ts'
import type { RolloutId } from './domain/ids.ts'
import type { RolloutCharts } from './domain/rollout-charts.ts'

/** `hash` changes when the picture would. `alt` says in words what it shows. */
export type CardPicture = { hash: string; alt: string; draw: () => Promise<Buffer> }

/** Real time. A drawing takes a second or two with its thread's start. */
const patienceMs = 30_000

/** One drawing at a time: a thread takes some hundred megabytes while it lives. */
export function cardPictures(charts: (id: RolloutId) => Promise<RolloutCharts | null>) {
  let before: Promise<unknown> = Promise.resolve()
  return async (id: RolloutId): Promise<CardPicture | null> => {
    const data = await charts(id)
    const chart = data && cardChart(data)
    if (!chart) return null
    const hash = createHash('sha256').update(JSON.stringify(chart.spec)).digest('base64url').slice(0, 16)
    const draw = () => {
      const mine = before.then(() => drawn(chart.spec))
      before = mine.catch(() => undefined)
      return mine
    }
    return { hash, alt: chart.alt, draw }
  }
}

const reply = z.union([z.object({ png: z.instanceof(Uint8Array) }), z.object({ error: z.string() })])

/**
 * In a thread of its own that ends with the drawing: vega and the painter take 100 to 250 ms of a processor, in which
 * nobody else would be answered.
 */
function drawn(spec: ChartSpec): Promise<Buffer> {
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
