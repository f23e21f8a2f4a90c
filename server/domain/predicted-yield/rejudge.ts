// One first attempt judged again by other limits.
import type { RunOutcome } from '../run.ts'
import { type ChangedLimits, changeFor } from './limit-changes.ts'
import { isInside, type Measured } from './measured-run.ts'

export type Attempt = {
  outcome: RunOutcome
  product: string | null
  measured: Map<string, Measured>
}

/**
 * unknown: all that it failed would pass, but the test stopped there, and what would have come after was never measured.
 * `by`: the measurements that decide it.
 */
export type Rejudged = {
  verdict: 'passes' | 'fails' | 'newly fails' | 'newly passes' | 'unknown'
  by: string[]
}

/**
 * Only what changes is judged again. A value that was outside of its former limits and passed all the same was not
 * decided by them, and stays as it was; so with limits that do not change every unit comes out as it did.
 *
 * @param usual places that every unit shows which is tested to its end.
 */
export function rejudged(attempt: Attempt, changes: ChangedLimits[], usual: string[]): Rejudged {
  return attempt.outcome === 'PASS' ? ofPassed(attempt, changes) : ofFailed(attempt, changes, usual)
}

function ofPassed(attempt: Attempt, changes: ChangedLimits[]): Rejudged {
  const by = newlyOutside(attempt, changes)
  return { verdict: by.length === 0 ? 'passes' : 'newly fails', by }
}

function ofFailed(attempt: Attempt, changes: ChangedLimits[], usual: string[]): Rejudged {
  const failed = [...attempt.measured].filter(([, each]) => hasFailed(each))
  const stays: Rejudged = { verdict: 'fails', by: [] }
  if (attempt.outcome !== 'FAIL' || failed.length === 0) return stays
  if (newlyOutside(attempt, changes).length > 0) return stays
  const spared = failed.every(([place, { value }]) => {
    const change = changes.find((each) => each.place === place)
    const limits = change && changeFor(change, attempt.product)
    return limits && value !== null && isInside(value, limits.after)
  })
  if (!spared) return stays
  const by = failed.map(([place]) => place)
  const isWhole = usual.length > 0 && usual.every((place) => attempt.measured.has(place))
  return { verdict: isWhole ? 'newly passes' : 'unknown', by }
}

/** Inside of the former limits, and not of the new ones. */
function newlyOutside({ measured, product }: Attempt, changes: ChangedLimits[]): string[] {
  return changes.flatMap((change) => {
    const found = measured.get(change.place)
    const limits = changeFor(change, product)
    if (!limits || !found || found.value === null || found.passed === false) return []
    const { value } = found
    const was = isInside(value, found.limits) && limits.before.some((each) => isInside(value, each))
    return was && !isInside(value, limits.after) ? [change.place] : []
  })
}

function hasFailed({ value, passed, limits }: Measured): boolean {
  return passed === null ? value !== null && !isInside(value, limits) : !passed
}
