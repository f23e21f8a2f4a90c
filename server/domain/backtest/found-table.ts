// Which drops of yield a replay found, at each canary: what its chart is drawn from, and its table says.
import type { BacktestReport } from './report.ts'

export type FoundRow = {
  canary: string
  /** Points of yield that were taken away; 0: the healthy ones that were stopped all the same. */
  dropPoints: number
  replays: number
  found: number
  share: number
  /** First attempts on the canary until half of the replays had found it; null where fewer did. */
  medianFirstAttempts: number | null
}

export function foundTable({ canaries }: BacktestReport): FoundRow[] {
  return canaries.flatMap(({ label, falseStops, found }) =>
    [{ drop: 0, replays: falseStops.replays, found: falseStops.stopped, medianFirstAttempts: null }, ...found]
      .filter(({ replays }) => replays > 0)
      .map((each) => ({
        canary: label,
        dropPoints: Number((each.drop * 100).toFixed(2)),
        replays: each.replays,
        found: each.found,
        share: each.found / each.replays,
        medianFirstAttempts: each.medianFirstAttempts,
      })),
  )
}
