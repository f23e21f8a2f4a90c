// A chart that stands without a page says by itself what it shows.
import { type ChartSpec, colours } from './chart-frame.ts'

export function titled(spec: ChartSpec, text: string): ChartSpec {
  const title = {
    text,
    anchor: 'start',
    frame: 'bounds',
    fontSize: 15,
    color: colours.ink,
    offset: 10,
  } as const
  return { ...spec, title }
}
