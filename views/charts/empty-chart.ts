// A chart without data says so, at the size it will have.
import { type ChartFrame, type ChartSpec, chartBase, plotWidth } from './chart-frame.ts'

export function emptyChart(frame: ChartFrame, text: string): ChartSpec {
  return {
    ...chartBase(frame),
    width: plotWidth(frame),
    height: 110,
    data: { values: [{ text }] },
    mark: { type: 'text', fontSize: 16 },
    encoding: { text: { field: 'text', type: 'nominal' } },
  }
}
