// An A/A backtest: a procedure's own history replayed as if it had been rollouts, though no build changed.
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Db } from '../db/client.ts'
import type { Procedure } from '../db/registry.ts'
import { type ReadHistory, readHistory } from './backtest-history.ts'
import { type Asked, actingGates, type Played, played } from './domain/backtest/played.ts'
import { longestStageMs } from './domain/backtest/replayed-stages.ts'
import { type BacktestReport, backtestReport } from './domain/backtest/report.ts'
import { startsOf } from './domain/backtest/starts.ts'
import { type Plan, plan } from './domain/plan.ts'
import { planUnder } from './domain/plan-under-policy.ts'
import { type PresetName, presetPlan } from './domain/presets.ts'
import { type RiskClass, riskClasses } from './domain/risk-classes.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { notEnough } from './not-enough-history.ts'
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
  const tried = await triedPlan(db, procedure, { preset: 'standard', riskClass: null })
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

/** A preset under the policy of the procedure. @param riskClass whose gates it has; null: those of the policy. */
export async function triedPlan(
  db: Db,
  procedure: Procedure,
  { preset, riskClass }: { preset: PresetName; riskClass: RiskClass | null },
): Promise<Plan> {
  const asked = presetPlan(preset, procedure.soakMinutes ?? undefined)
  const own = riskClass === null ? {} : riskClasses[riskClass]
  return plan.parse(planUnder(await policyOf(db, procedure.id), { ...asked, ...own }, procedure.zone))
}
