// Blind: the canary stations report far fewer runs than they always did, while base goes on.
import type { Throughput } from './question.ts'
import type { Verdict } from './verdict.ts'

/**
 * Their share of all runs, against their share in the past. Both arms share nights and breaks, so silence of the whole
 * line is no blindness. Told only where twenty canary runs were to be expected: under that a share is chance.
 */
export function blindness(throughput: Throughput | null): Verdict['throughput'] {
  if (!throughput) return null
  const { canaryRuns, baseRuns, canaryPastRuns, basePastRuns } = throughput
  const runs = canaryRuns + baseRuns
  const past = canaryPastRuns + basePastRuns
  if (past <= 0 || runs <= 0 || basePastRuns <= 0) return null
  const pastShare = canaryPastRuns / past
  const share = canaryRuns / runs
  // A canary that runs less lowers the sum too: what base runs says how much there was to do.
  const expected = (baseRuns * canaryPastRuns) / basePastRuns
  return {
    runs: canaryRuns,
    share,
    pastShare,
    isBlind: expected >= leastExpected && isTooLittle({ share, pastShare }),
  }
}

/** Silence of the whole line, or a few runs under the usual share, show nothing of stations that were not seen. */
export function isSeenAgain(throughput: Verdict['throughput']): boolean {
  return throughput !== null && !isTooLittle(throughput)
}

function isTooLittle({ share, pastShare }: { share: number; pastShare: number }): boolean {
  return share < pastShare / 2
}

const leastExpected = 20
