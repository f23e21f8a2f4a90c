// Drawings kept for as long as their data stay the same.
import { createHash } from 'node:crypto'
import type { ChartSpec } from './charts/chart-frame.ts'
import { drawChart } from './draw-chart.ts'

const most = 200

/** A drawing costs some 25 ms of the only thread, and every open page asks again every few seconds. */
export function rememberedDrawing() {
  const drawings = new Map<string, Promise<string>>()
  return async (spec: ChartSpec, summary: string): Promise<{ svg: string; digest: string }> => {
    const digest = createHash('sha256')
      .update(JSON.stringify([spec, summary]))
      .digest('base64url')
      .slice(0, 16)
    const drawing = drawings.get(digest) ?? drawChart(spec, summary)
    // Taken out and put back, so that the first key is always the one longest unused.
    drawings.delete(digest)
    drawings.set(digest, drawing)
    const oldest = drawings.keys().next()
    if (drawings.size > most && !oldest.done) drawings.delete(oldest.value)
    return { svg: await drawing, digest }
  }
}
