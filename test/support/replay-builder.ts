// A replay that has ended, with all that one finds: a test states what matters to it.
import type { KeptReplay } from '../../server/domain/backtest/kept-replay.ts'
import { replayAsked } from '../../server/domain/backtest/replay-asked.ts'
import type { ReplayResult } from '../../server/domain/backtest/replay-result.ts'
import type { BacktestReport } from '../../server/domain/backtest/report.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { ines, noon } from './fixed-values.ts'
import { rollout } from './plan-builder.ts'

const stopped = { replays: 20, stopped: 1, independent: 8, lower: 0.01, upper: 0.25 }

export const aReport: BacktestReport = {
  from: noon - 60 * day,
  to: noon,
  stations: 20,
  runs: 120_000,
  dates: 60,
  replayableDates: 40,
  rollouts: 20,
  seed: 1,
  falseStops: stopped,
  alarmBudget: 0.05,
  gates: [{ name: 'first-pass yield', alpha: 0.015, stopped: 1 }],
  canaries: ['1 station', '25 %'].map((label, place) => ({
    label,
    stations: { least: 1 + 4 * place, most: 1 + 4 * place },
    lookEvery: { least: 2, most: 4 },
    falseStops: stopped,
    provable: { expectedYield: 0.981, provableYield: 0.96 },
    found: [0.02, 0.08].map((drop) => ({
      drop,
      replays: 20,
      found: 5 + 180 * drop,
      medianFirstAttempts: null,
    })),
    lasted: { replays: 17, median: 26 * hour, ninth: 40 * hour, overdue: 2 },
    smallestFound: { half: 0.08, most: null },
  })),
  wandering: [{ metric: 'first-pass yield', estimate: 0.71, isAtCap: true }],
  notPlayed: ['mixed builds'],
}

export const aResult: ReplayResult = {
  report: aReport,
  noReport: null,
  cutFrom: null,
  stationsLeftOut: 0,
  runsWithoutBuild: 0,
  past: [
    {
      id: rollout,
      version: '2.4.1',
      startedAt: noon - 9 * day,
      outcome: 'aborted by a person',
      real: { at: noon - 9 * day + 3 * hour, gates: ['error rate'] },
      asked: { at: noon - 9 * day + hour, gates: ['first-pass yield'] },
      firstAttempts: 41,
    },
  ],
  pastLeftOut: 0,
  engine: 'the engine of the tests',
}

export function aReplay(part: Partial<KeptReplay> = {}): KeptReplay {
  return {
    id: 1,
    asked: replayAsked.parse({}),
    by: ines,
    startedAt: noon - hour,
    progress: 1,
    touchedAt: noon,
    endedAt: noon,
    result: aResult,
    failedWhy: null,
    ...part,
  }
}
