// Why a history cannot be replayed, and what would help.
import type { ReadHistory } from './backtest-history.ts'
import { longestOnOneBuild, pastMs } from './domain/backtest/starts.ts'
import { day, type Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { refuse } from './refuse.ts'

/** @param longest how long a replay follows its rollout, in milliseconds. */
export function notEnough(
  { history, runsWithoutBuild }: Pick<ReadHistory, 'history' | 'runsWithoutBuild'>,
  longest: number,
): Refusal {
  const needed = pastMs + longest
  const { from, to, stations } = history
  const withRuns = stations.filter(({ runs }) => runs.length > 0).length
  const passedOver =
    runsWithoutBuild === 0 ? '' : `, and ${runsWithoutBuild} runs of which nobody knows the build`
  return refuse(
    'not ready',
    `expected ${days(needed)} on one build (${days(pastMs)} before a start, ${days(longest)} after it), on two stations and half of those that run; ` +
      `got ${days(to - from)} of ${withRuns} stations (${date(from)} to ${date(to)}), on one build for ${days(longestOnOneBuild(history))} at the longest${passedOver}`,
    to - from < needed
      ? 'Look further back, or wait until there is more history.'
      : 'Look further back, to a time in which the build did not change.',
  )
}

function days(ms: number): string {
  return `${Number((ms / day).toFixed(1))} days`
}

function date(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10)
}
