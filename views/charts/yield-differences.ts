// Stored verdicts on first-pass yield, turned from bad rates (more is worse) into yield (less is worse).
import type { RolloutCharts } from '../../server/domain/rollout-charts.ts'
import type { VerdictWord } from '../../server/domain/gates/verdict.ts'
import { pointsInterval } from '../format/rate.ts'

/** All differences in points. */
export type YieldDifference = {
  n: number
  at: number
  difference: number
  low: number
  high: number
  tolerated: number
  interval: string
  verdict: VerdictWord
}

/** More than this many points are closer together than a pixel or two. */
const most = 240

/** The last verdict at each count, ascending; thinned evenly, but never of the first breach or the last. */
export function yieldDifferences(charts: RolloutCharts): YieldDifference[] {
  const byCount = new Map<number, YieldDifference>()
  for (const verdict of charts.differences) {
    if (verdict.metric !== 'first-pass yield' || verdict.canaryCount === 0) continue
    byCount.set(verdict.canaryCount, {
      n: verdict.canaryCount,
      at: verdict.at,
      difference: -verdict.difference * 100,
      low: -verdict.high * 100,
      high: -verdict.low * 100,
      tolerated: -verdict.tolerated * 100,
      interval: pointsInterval(-verdict.high, -verdict.low),
      verdict: verdict.verdict,
    })
  }
  return thinned([...byCount.values()].sort((a, b) => a.n - b.n))
}

/** The early interval spans nearly everything and would flatten the rest: it may run out of the plot. */
export function differenceDomain(rows: YieldDifference[]): [number, number] {
  const later = rows.slice(Math.floor(rows.length / 3))
  const lows = [...later.map((row) => row.low), ...rows.map((row) => Math.min(row.difference, row.tolerated))]
  const highs = [...later.map((row) => row.high), ...rows.map((row) => row.difference)]
  const low = Math.min(0, ...lows)
  const high = Math.max(0, ...highs)
  const margin = Math.max(0.5, (high - low) * 0.08)
  return [low - margin, high + margin]
}

function thinned(rows: YieldDifference[]): YieldDifference[] {
  const step = Math.ceil(rows.length / most)
  const firstStop = rows.findIndex((row) => row.verdict === 'breach' || row.verdict === 'severe')
  return rows.filter((_, index) => index % step === 0 || index === firstStop || index === rows.length - 1)
}
