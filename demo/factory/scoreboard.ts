// Counts what the stations tested since the factory started, as the stations themselves saw it.
import type { Execution } from './run-body.ts'

export type Score = { runs: number; passed: number; failed: number }

export type Scoreboard = ReturnType<typeof scoreboard>

export function scoreboard() {
  const byDeployment = new Map<string, Score>()

  /** `failed` is every run that ended without a pass; an aborted one is neither. */
  function count(execution: Execution): void {
    const before = byDeployment.get(execution.deploymentId) ?? { runs: 0, passed: 0, failed: 0 }
    const { outcome } = execution.result
    byDeployment.set(execution.deploymentId, {
      runs: before.runs + 1,
      passed: before.passed + (outcome === 'PASS' ? 1 : 0),
      failed: before.failed + (outcome === 'PASS' || outcome === 'ABORTED' ? 0 : 1),
    })
  }

  function total(): Score {
    return [...byDeployment.values()].reduce(
      (sum, one) => ({
        runs: sum.runs + one.runs,
        passed: sum.passed + one.passed,
        failed: sum.failed + one.failed,
      }),
      { runs: 0, passed: 0, failed: 0 },
    )
  }

  return { count, total, byDeployment: (): Record<string, Score> => Object.fromEntries(byDeployment) }
}
