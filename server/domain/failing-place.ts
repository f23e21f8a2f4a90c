// Where a run failed: the first phase and measurement that did, and the code of its error.
import type { RunDetail } from './run-detail.ts'

type Phase = RunDetail['phases'][number]

/** The first phase that failed, else the first with a measurement that did. */
export function failingPhase(phases: Phase[]): Phase | undefined {
  return phases.find(hasFailed) ?? phases.find((each) => each.measurements.some(hasFailed))
}

/** "phase / measurement" of what failed first, or the one of them that has a name. */
export function failingPlace(phases: Phase[]): string {
  const phase = failingPhase(phases)
  const measurement = phase?.measurements.find(hasFailed)
  return [phase?.name, measurement?.name].filter(Boolean).join(' / ')
}

export function hasFailed({ outcome }: { outcome?: string | undefined }): boolean {
  return ['FAIL', 'ERROR', 'TIMEOUT'].includes(outcome?.toUpperCase() ?? '')
}

export function errorCode({ error_code, metadata, phases }: RunDetail): string | undefined {
  return error_code || metadata?.error_code || phases.find((phase) => phase.exception)?.exception
}
