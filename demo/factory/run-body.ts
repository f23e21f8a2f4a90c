// The body of a run as a station posts it.
import { type Phase, testPhases } from './test-phases.ts'
import type { Job, RunOutcome, TestResult } from './test-result.ts'

export type RunBody = {
  procedure_id: string
  deployment_id: string
  serial_number: string
  outcome: RunOutcome
  started_at: string
  ended_at: string
  phases?: Phase[]
  /** Only in the back-fill, which one administrator posts for every station. */
  station_id?: string
}

export type Execution = { job: Job; result: TestResult; startedAt: number; deploymentId: string }

export const endOf = (execution: Execution): number =>
  Math.round(execution.startedAt + execution.result.seconds * 1000)

export function runBody(execution: Execution, procedureId: string): RunBody {
  return {
    procedure_id: procedureId,
    deployment_id: execution.deploymentId,
    serial_number: execution.job.serial,
    outcome: execution.result.outcome,
    started_at: new Date(execution.startedAt).toISOString(),
    ended_at: new Date(endOf(execution)).toISOString(),
  }
}

export function runBodyWithPhases(seed: number, execution: Execution, procedureId: string): RunBody {
  return { ...runBody(execution, procedureId), phases: testPhases(seed, execution) }
}
