// What a measure is, and what it says: rows of figures, each beside a peer of the same run where it has one.
import type { Place } from './place.ts'

/** The figures of `--json`, by their names. */
export const summaryNames = [
  'polls_vs_unleash',
  'polls_vs_bare',
  'runs_vs_insert',
  'runs_vs_bare_post',
  'batch_vs_copy',
  'metrics_1e7_vs_1e4',
  'click_ack_p99_ms',
  'verdict_20_ms',
  'verdict_2000_ms',
  'longpoll_kb',
  'pglite_vs_postgres',
  'start_ms',
] as const
export type SummaryName = (typeof summaryNames)[number]

export type Row = {
  measure: string
  ours: number | null
  unit: string
  /** The same work done by another, in the same unit and run. */
  peer?: { name: string; figure: number }
  /** Ours by the peer's, the median over the rounds. */
  ratio?: number
  /** What the ratio, or without a peer our figure, is to reach. */
  goal?: { at: 'least' | 'most'; figure: number }
  /** Its name in `--json`. */
  name?: SummaryName
  /** What it depends on and what else was seen. */
  note?: string
}

/** `isLong`: a quick run leaves it out, unless it is asked for by its name. */
export type Measure = { name: string; about: string; isLong?: boolean; run(place: Place): Promise<Row[]> }

/** The figure that the goal is about. */
export function judged({ ours, ratio }: Row): number | null {
  return ratio ?? ours
}

/** Null where there is no goal or no figure. */
export function isReached(row: Row): boolean | null {
  const figure = judged(row)
  if (row.goal === undefined || figure === null) return null
  return row.goal.at === 'least' ? figure >= row.goal.figure : figure <= row.goal.figure
}

/** Null for what was not measured; of several rows under one name the worst. */
export function summaryOf(rows: readonly Row[]): Record<SummaryName, number | null> {
  const figureOf = (name: SummaryName): number | null => {
    const found = rows.filter((row) => row.name === name)
    const figures = found.flatMap((row) => judged(row) ?? [])
    if (figures.length === 0) return null
    return found[0]?.goal?.at === 'least' ? Math.min(...figures) : Math.max(...figures)
  }
  return {
    polls_vs_unleash: figureOf('polls_vs_unleash'),
    polls_vs_bare: figureOf('polls_vs_bare'),
    runs_vs_insert: figureOf('runs_vs_insert'),
    runs_vs_bare_post: figureOf('runs_vs_bare_post'),
    batch_vs_copy: figureOf('batch_vs_copy'),
    metrics_1e7_vs_1e4: figureOf('metrics_1e7_vs_1e4'),
    click_ack_p99_ms: figureOf('click_ack_p99_ms'),
    verdict_20_ms: figureOf('verdict_20_ms'),
    verdict_2000_ms: figureOf('verdict_2000_ms'),
    longpoll_kb: figureOf('longpoll_kb'),
    pglite_vs_postgres: figureOf('pglite_vs_postgres'),
    start_ms: figureOf('start_ms'),
  }
}
