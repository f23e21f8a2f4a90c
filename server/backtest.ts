// An A/A backtest: a procedure's own history replayed as if it had been rollouts, though no build changed.
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Db } from '../db/client.ts'
import type { Procedure } from '../db/registry.ts'
import { type ReadHistory, readHistory } from './backtest-history.ts'
import { type Asked, actingGates, type Played, played } from './domain/backtest/played.ts'
import { longestStageMs } from './domain/backtest/replayed-stages.ts'
import { type BacktestReport, backtestReport } from './domain/backtest/report.ts'
import { longestOnOneBuild, pastMs, startsOf } from './domain/backtest/starts.ts'
import { day, type Instant } from './domain/instant.ts'
import { type Plan, plan } from './domain/plan.ts'
import { planUnder } from './domain/plan-under-policy.ts'
import { presetPlan } from './domain/presets.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { policyOf } from './policy-of.ts'
import { refuse } from './refuse.ts'

export type BacktestAsked = Asked & { days: number }

export type Backtest = Omit<ReadHistory, 'history'> & { report: BacktestReport }

/**
 * Plays the `standard` plan with the gates that the procedure's policy asks for now. It may take minutes: others get
 * their turn after every canary that was played.
 */
export async function backtest(
  db: Db,
  procedure: Procedure,
  asked: BacktestAsked,
): Promise<Backtest | Refusal> {
  const tried = await planOf(db, procedure)
  const withMetrics = actingGates(tried).some(({ metric }) => metric === 'custom')
  const read = await readHistory(db, procedure.id, { ...asked, withMetrics })
  if (read === null)
    return refuse(
      'not found',
      'expected runs to replay, got none',
      'Link stations to the procedure and let them report their runs.',
    )
  const longest = longestStageMs(tried)
  const starts = startsOf(read.history, longest)
  if (starts.starts.length === 0) return notEnough(read, longest)
  const all: Played[] = []
  for (const each of played(starts.starts, tried, asked)) {
    all.push(each)
    await othersTurn()
  }
  const { history, ...passedOver } = read
  return { report: backtestReport(history, tried, starts, asked, all), ...passedOver }
}

async function planOf(db: Db, procedure: Procedure): Promise<Plan> {
  const preset = presetPlan('standard', procedure.soakMinutes ?? undefined)
  return plan.parse(planUnder(await policyOf(db, procedure.id), preset, procedure.zone))
}

function notEnough({ history, runsWithoutBuild }: ReadHistory, longest: number): Refusal {
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
