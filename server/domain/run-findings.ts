// What a run tells beyond its outcome: which product it was, whether its unit is a reference sample, what failed, what
// was measured. Stations send these in several shapes; what cannot be read is as if it were absent.
import { errorCode, failingPlace } from './failing-place.ts'
import { failureText, statements } from './failure-text.ts'
import type { RunOutcome } from './run.ts'
import { type RunDetail, runDetail } from './run-detail.ts'
import { metricsOf } from './run-metrics.ts'
import { cut } from './run-text.ts'

/** A unit whose result is known beforehand, kept out of yield: known good, known bad, or not to be counted at all. */
const samples = ['golden', 'failing', 'ignored'] as const

export type RunFindings = {
  product: string | null
  sample: (typeof samples)[number] | null
  /** The new build run beside the old on the same unit: no run of production. */
  shadow: boolean
  /** What failed, the same text for the same cause, so that modes can be counted. Null: passed, aborted, unknown. */
  failureMode: string | null
  /** What was said of the failure, in words, with the values measured. */
  failureText: string | null
  /** Measurements that have a value, over all phases. Null when the run carries no phases. */
  measurementCount: number | null
  metrics: Record<string, number>
}

const longestProduct = 100
const longestFailureMode = 200

/**
 * @param detail what the run's body carries beyond the known fields, its keys as the client sends them. Never throws.
 * @param needed names of metrics that are kept whatever else there is.
 */
export function runFindings(
  detail: Record<string, unknown>,
  outcome: RunOutcome,
  needed?: ReadonlySet<string>,
): RunFindings {
  const read = runDetail.parse(detail)
  const { phases } = read
  return {
    product: cut(placesOf(read).find((place) => place?.part_number)?.part_number, longestProduct),
    sample: sampleOf(read),
    shadow: read.shadow === true || read.metadata?.shadow === true,
    failureMode: cut(failureModeOf(read, outcome), longestFailureMode),
    failureText: failureText(read, outcome),
    measurementCount: phases.length === 0 ? null : phases.flatMap(recorded).length,
    metrics: metricsOf(read, needed),
  }
}

type Phase = RunDetail['phases'][number]

function recorded(phase: Phase) {
  return phase.measurements.filter(({ value }) => value !== undefined && value !== null)
}

/** Where stations say what unit it is, the closest to the run first. */
function placesOf(detail: RunDetail) {
  return [detail, detail.metadata, detail.unit_metadata]
}

function sampleOf(detail: RunDetail): RunFindings['sample'] {
  for (const place of placesOf(detail)) {
    const found = samples.find((sample) => sample === place?.sample?.toLowerCase())
    if (found) return found
  }
  return null
}

function failureModeOf(detail: RunDetail, outcome: RunOutcome): string | undefined {
  if (outcome === 'PASS' || outcome === 'ABORTED') return undefined
  const code = detail.outcome_details?.[0]?.code
  return (
    detail.failure_mode ||
    detail.metadata?.failure_mode ||
    // A code that only repeats the outcome tells no failure from another.
    (code?.toUpperCase() === outcome ? undefined : code) ||
    failingPlace(detail.phases) ||
    (outcome === 'ERROR' ? errorCode(detail) : undefined) ||
    saidAlike(detail)
  )
}

/** What the station said, its numbers left open: the same cause is to be the same text. */
function saidAlike(detail: RunDetail): string | undefined {
  return statements(detail)[0]?.replace(/0x[0-9a-f]+|[-+]?\d+(?:[.,]\d+)*/gi, '#')
}
