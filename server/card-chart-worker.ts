// Draws one chart as a PNG and ends: vega makes the SVG, resvg paints it with letters of its own.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { drawChart } from '../views/draw-chart.ts'

/** Pixels. */
const width = 1000
const ink = '#1b2026'
const paper = '#ffffff'

try {
  parentPort?.postMessage({ png: await paint(await drawChart(workerData, '')) })
} catch (error) {
  parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) })
}

/** The machine's own fonts are not asked: the picture is the same wherever it is drawn. */
async function paint(svg: string): Promise<Uint8Array> {
  await initWasm(await readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))))
  const letters = await Promise.all([
    readFile(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))),
    readFile(fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'))),
  ])
  const image = new Resvg(svg.replace('<svg ', `<svg color="${ink}" `), {
    fitTo: { mode: 'width', value: width },
    background: paper,
    font: { fontBuffers: letters, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
  })
  return image.render().asPng()
}
