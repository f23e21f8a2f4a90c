// Runs to count: a test states only what matters to it.
import { type RunId, runId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type { Run } from '../../server/domain/run.ts'
import { base, procedure, station } from './plan-builder.ts'

export const t0 = Date.parse('2026-05-22T06:00:00Z')

/** What is found in a run that says nothing of itself. */
export const nothingFound = {
  product: null,
  sample: null,
  shadow: false,
  failureMode: null,
  failureText: null,
  measurementCount: null,
  metrics: {},
  shift: 0,
} satisfies Partial<Run>

/** The number makes its id and, unless told otherwise, its minute after `t0`. */
export function aRun(number: number, what: Partial<Run> = {}): Run {
  const startedAt = what.startedAt ?? t0 + number * minute
  return {
    id: runIdOf(number),
    procedureId: procedure,
    stationId: station(1),
    deploymentId: base,
    attributedBy: 'body',
    serial: 'SN-1',
    unit: 'sn-1',
    outcome: 'PASS',
    startedAt,
    endedAt: startedAt + 42_000,
    zoneless: false,
    detail: {},
    ...nothingFound,
    ...what,
  }
}

function runIdOf(number: number): RunId {
  return runId.parse(`50000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
}
