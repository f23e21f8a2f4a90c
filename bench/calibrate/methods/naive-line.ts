// What many a line has today: yield, errors and timeouts by a z test, times by a t test, each at 5 %, after every run.
import type { HistoryRun } from '../../../server/domain/backtest/history.ts'
import { naiveT } from './naive-t.ts'
import { isHigherByZ } from './naive-z.ts'

export const naiveLine = {
  name: 'naive tests of yield, errors, timeouts and times',
  begin() {
    const yields = counts()
    const errors = counts()
    const timeouts = counts()
    const times = naiveT()
    return {
      add(arm: 'canary' | 'base', run: HistoryRun): void {
        if (run.isFirstAttempt) count(yields, arm, run.outcome !== 'PASS')
        count(errors, arm, run.outcome === 'ERROR')
        count(timeouts, arm, run.outcome === 'TIMEOUT')
        if (run.outcome === 'PASS') times.add(arm, run.endedAt - run.startedAt)
      },
      stops: (): boolean =>
        isHigherByZ(yields) || isHigherByZ(errors) || isHigherByZ(timeouts) || times.isHigher(),
    }
  },
}

function counts() {
  return { canaryRuns: 0, canaryBad: 0, baseRuns: 0, baseBad: 0 }
}

function count(sums: ReturnType<typeof counts>, arm: 'canary' | 'base', isBad: boolean): void {
  if (arm === 'canary') {
    sums.canaryRuns += 1
    if (isBad) sums.canaryBad += 1
  } else {
    sums.baseRuns += 1
    if (isBad) sums.baseBad += 1
  }
}
