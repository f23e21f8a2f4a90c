// Methods that look at how long runs take: they are told every run that passed, of both arms.

import type { HistoryRun } from '../../../server/domain/backtest/history.ts'
import type { LineStation } from '../line.ts'

export type TimesMethod = {
  /** A method may come in variants, of which each is one row of a table. */
  readonly names: readonly string[]
  readonly begin: (line: readonly LineStation[]) => TimesWatcher
}

/** After each run: the names of the variants that would stop the rollout now. */
export type TimesWatcher = (arm: 'base' | 'canary', run: HistoryRun) => readonly string[]

export function minutes({ startedAt, endedAt }: HistoryRun): number {
  return (endedAt - startedAt) / 60_000
}
