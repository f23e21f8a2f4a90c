// What every chart of a rollout's page has: its name, its words, its drawing, and the data behind it as a table.
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import type { ChartFrame, ChartSpec } from './chart-frame.ts'

/** Rates are fractions, moments ISO 8601 in UTC; null where there is nothing to say. */
export type ChartTable = { columns: string[]; rows: (string | number | null)[][] }

export type ChartKind = {
  /** Of its addresses. */
  name: string
  /** It shows one gate at a time, named by `gate`; the others take no notice of it. */
  ofGate: boolean
  title: (gate: string) => string
  /** How to read it. */
  caption: (charts: RolloutCharts, gate: string) => string
  /** What it shows, for who cannot see it. */
  summary: (charts: RolloutCharts, gate: string) => string
  spec: (charts: RolloutCharts, frame: ChartFrame, gate: string) => ChartSpec
  table: (charts: RolloutCharts, gate: string) => ChartTable
}

export function moment(at: number): string {
  return new Date(at).toISOString()
}

/** Without the digits that only the machine has. */
export function rounded(value: number): number {
  return Number(value.toFixed(6))
}
