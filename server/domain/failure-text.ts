// What a run says of its failure, in words: the exception, the error of a phase, the last error that was logged, the
// measurement beyond its limits. People read it, and so do the rules of failure categories.
import { errorCode, failingPhase, hasFailed } from './failing-place.ts'
import type { RunOutcome } from './run.ts'
import { lastError, type RunDetail } from './run-detail.ts'
import { cut } from './run-text.ts'

export const longestFailureText = 500
const longestStatement = 200
const longestMeasurement = 180

/**
 * "phase PHASE: CODE: what was said; what else was said; measurement rail_3v3 out of limits (3.2 to 3.4 V), got 3.1 V".
 * The value measured stands at the very end, so that texts which differ in it alone can be counted as one.
 */
export function failureText(detail: RunDetail, outcome: RunOutcome): string | null {
  if (outcome === 'PASS' || outcome === 'ABORTED') return null
  const phase = failingPhase(detail.phases)
  const code = codeOf(detail, outcome)
  const heard = [...statements(detail), lastError(detail)].flatMap(
    (each) => cut(each, longestStatement) ?? [],
  )
  const distinct = heard.filter((each, place) => !heard.slice(0, place).some((other) => other.includes(each)))
  const [first = '', ...others] = distinct
  const coded = code !== undefined && !first.includes(code) ? [code, first].filter(Boolean).join(': ') : first
  const measured = cut(outOfLimits(phase), longestMeasurement) ?? ''
  const place = phase?.name ? `phase ${cut(phase.name.replace(/[:;]/g, ' '), 60)}` : ''
  const before = [place, [coded, ...others].filter(Boolean).join('; ')].filter(Boolean).join(': ')
  const room = longestFailureText - (measured === '' ? 0 : measured.length + 2)
  const joint = place !== '' && coded === '' && others.length === 0 ? ': ' : '; '
  return [cut(before, room), measured].filter(Boolean).join(joint) || null
}

/** What the station says itself, the closest to the failure first; without what it merely logged. */
export function statements(detail: RunDetail): string[] {
  const { phases, metadata } = detail
  const raised = phases.find(({ exception, said }) => exception && said)
  return [
    detail.failure_text || detail.failure_message,
    metadata?.failure_text || metadata?.failure_message,
    ...(detail.outcome_details ?? []).map((each) => each?.description),
    raised?.said,
    phases.find((phase) => hasFailed(phase) && phase.said)?.said,
    detail.error_message || detail.error,
    metadata?.error_message || metadata?.error,
  ].flatMap((each) => each || [])
}

/** A code that only repeats the outcome tells nothing more. */
function codeOf(detail: RunDetail, outcome: RunOutcome): string | undefined {
  const code = detail.outcome_details?.[0]?.code
  if (code && code.toUpperCase() !== outcome) return code
  return outcome === 'ERROR' ? errorCode(detail) : undefined
}

function outOfLimits(phase: RunDetail['phases'][number] | undefined): string | undefined {
  const failed = phase?.measurements.find(hasFailed)
  if (!failed?.name) return undefined
  const { lower, upper, value } = failed
  const unit = failed.units === null ? '' : ` ${failed.units}`
  const limits =
    lower !== null && upper !== null
      ? `${lower} to ${upper}${unit}`
      : lower !== null
        ? `at least ${lower}${unit}`
        : upper !== null
          ? `at most ${upper}${unit}`
          : null
  const what = `measurement ${cut(failed.name.replace(/[,;]/g, ' '), 60)} ${limits === null ? 'failed' : `out of limits (${limits})`}`
  return ['number', 'string', 'boolean'].includes(typeof value)
    ? `${what}, got ${cut(String(value).replace(/[\p{Cc},;]/gu, ' '), 40) ?? 'nothing'}${typeof value === 'number' ? unit : ''}`
    : what
}
