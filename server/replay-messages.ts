// What goes to the thread of a replay, and what comes back: parts small enough that handing one over holds nobody up.
import { z } from 'zod'
import type { StationHistory } from './domain/backtest/history.ts'
import type { Asked } from './domain/backtest/played.ts'
import type { PastRollout, Redecided } from './domain/backtest/redecide.ts'
import type { BacktestReport } from './domain/backtest/report.ts'
import type { Instant } from './domain/instant.ts'
import type { Plan } from './domain/plan.ts'

export type ToReplay =
  | { kind: 'station'; station: StationHistory }
  | { kind: 'past'; past: PastRollout }
  | {
      kind: 'begin'
      plan: Plan
      asked: Asked
      from: Instant
      to: Instant
      runsWithoutBuild: number
      /** Real milliseconds after which no further start is played. */
      patienceMs: number
    }

export type FromReplay =
  | { kind: 'progress'; progress: number }
  | {
      kind: 'done'
      report: BacktestReport | null
      noReport: { why: string; next: string } | null
      cutFrom: number | null
      redecided: Redecided[]
    }
  | { kind: 'failed'; why: string }

/** What comes is of our own thread: its kind is looked at, the rest is as it was sent. */
export function fromReplay(message: unknown): FromReplay {
  return isFromReplay(message) ? message : { kind: 'failed', why: 'the thread sent something unknown' }
}

const kinds = z.looseObject({ kind: z.enum(['progress', 'done', 'failed']) })

function isFromReplay(message: unknown): message is FromReplay {
  return kinds.safeParse(message).success
}
