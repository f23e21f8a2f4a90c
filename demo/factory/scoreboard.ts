// Counts what the stations tested since the factory started, as the stations themselves saw it.
import type { Execution } from './run-body.ts'

export type Score = {
  runs: number
  passed: number
  /** Every run that ended without a pass; an aborted one, and that of a reference sample, is neither. */
  failed: number
  /** Units by their first attempt, as first-pass yield counts them. */
  units: number
  unitsPassed: number
}

const nothing: Score = { runs: 0, passed: 0, failed: 0, units: 0, unitsPassed: 0 }

export type Scoreboard = ReturnType<typeof scoreboard>

export function scoreboard() {
  const byDeployment = new Map<string, Score>()

  function count(execution: Execution): void {
    const before = byDeployment.get(execution.deploymentId) ?? nothing
    const { outcome } = execution.result
    const isResult = outcome !== 'ABORTED' && execution.job.sample === null
    const passed = isResult && outcome === 'PASS'
    const first = isResult && execution.job.attempt === 1
    byDeployment.set(
      execution.deploymentId,
      sum(before, {
        runs: 1,
        passed: Number(passed),
        failed: Number(isResult && !passed),
        units: Number(first),
        unitsPassed: Number(first && passed),
      }),
    )
  }

  function total(): Score {
    return [...byDeployment.values()].reduce(sum, nothing)
  }

  return { count, total, byDeployment: (): Record<string, Score> => Object.fromEntries(byDeployment) }
}

function sum(one: Score, other: Score): Score {
  return {
    runs: one.runs + other.runs,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    units: one.units + other.units,
    unitsPassed: one.unitsPassed + other.unitsPassed,
  }
}
