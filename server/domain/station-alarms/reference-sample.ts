// A reference sample that came out wrong: one is enough, on whichever build and outside of a rollout as well.
import type { Instant } from '../instant.ts'
import { about } from './drift-rules.ts'
import type { Finding, StationFacts } from './station-facts.ts'

/** @param settledAt what was received until then has had its alarm. */
export function wrongSample(station: StationFacts, settledAt: Instant | null): Finding | null {
  const fresh = station.wrongSamples
    .filter((each) => settledAt === null || each.receivedAt > settledAt)
    .toSorted((a, b) => a.startedAt - b.startedAt)
  const [first] = fresh
  // An escape is worse than a false failure.
  const worst = fresh.find((each) => each.sample === 'failing') ?? first
  if (!first || !worst) return null
  const what = worst.sample === 'failing' ? 'known bad' : 'known good'
  const more = fresh.length > 1 ? `, and ${fresh.length - 1} more came out wrong` : ''
  return {
    ...about(station),
    kind: 'reference sample',
    since: first.startedAt,
    detail: `${what} unit ${worst.serial}: ${worst.outcome}${more}`,
    deploymentId: worst.deploymentId,
  }
}
