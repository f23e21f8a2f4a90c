// The body of a run as a station posts it.
import type { BuildBehaviour } from './build-behaviour.ts'
import { failureMessage } from './failure-message.ts'
import type { ProductName } from './product.ts'
import { type RunMetrics, runMetrics } from './run-metrics.ts'
import { type Phase, testPhases } from './test-phases.ts'
import type { Job, RunOutcome, Sample, TestResult } from './test-result.ts'

export type RunBody = {
  procedure_id: string
  deployment_id: string
  serial_number: string
  part_number: ProductName
  /** Only on reference samples. */
  sample?: Sample
  outcome: RunOutcome
  /** Only where the phases do not tell it. */
  failure_mode?: string
  /** Only where the bench itself failed. */
  error_message?: string
  started_at: string
  ended_at: string
  metrics: RunMetrics
  phases: Phase[]
}

export type Execution = {
  job: Job
  result: TestResult
  startedAt: number
  deploymentId: string
  build: BuildBehaviour
}

export const endOf = (execution: Execution): number =>
  Math.round(execution.startedAt + execution.result.seconds * 1000)

export function runBody(seed: number, execution: Execution, procedureId: string): RunBody {
  const { job, result } = execution
  const message = failureMessage(seed, execution)
  return {
    procedure_id: procedureId,
    deployment_id: execution.deploymentId,
    serial_number: job.serial,
    part_number: job.product,
    ...(job.sample === null ? {} : { sample: job.sample }),
    outcome: result.outcome,
    ...(result.failureMode === null ? {} : { failure_mode: result.failureMode }),
    ...(message === null ? {} : { error_message: message }),
    started_at: new Date(execution.startedAt).toISOString(),
    ended_at: new Date(endOf(execution)).toISOString(),
    metrics: runMetrics(seed, execution),
    phases: testPhases(seed, execution),
  }
}
