// A chart with all that is said of it: what it is, how to read it, what it shows in words, and its data as a table.
import type { ChartFrame, ChartSpec } from './chart-frame.ts'
import type { ChartTable } from './chart-kind.ts'

export type DataChart = {
  /** In its address. */
  name: string
  title: string
  /** How to read it. */
  caption: string
  /** What it shows, for who cannot see it. */
  summary: string
  spec: (frame: ChartFrame) => ChartSpec
  table: ChartTable
}
