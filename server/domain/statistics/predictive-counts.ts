import { logRisingFactorial } from './log-rising-factorial.ts'

/** What a station's count is expected to be: from `low` to `high` failures in 95 of 100 such stations. */
export type PredictiveCounts = {
  readonly low: number
  readonly high: number
  /** The chance, either way, of a count as far out as the one seen; 1 where it lies in the middle. */
  readonly chance: number
}

/**
 * The failures to expect in `runs` further runs of a station whose rate is itself only known by its past, and how far
 * out the `bad` seen lie.
 *
 * The rate is Beta with the prior's mean and, by the delta method, its variance of log-odds, so that the count is
 * beta-binomial. Holds for 0 ≤ bad ≤ runs; the work grows with `runs`: 0.3 ms for 1,000.
 *
 * Source: Gelman et al., Bayesian Data Analysis (2013), 2.3 and 5.3.
 *
 * @example 60 runs at 2 % and a variance of 0.1: 0 to 4 failures, and seven of them by a chance of 0.001
 */
export function predictiveCounts(
  { runs, bad }: { runs: number; bad: number },
  prior: { rate: number; variance: number },
): PredictiveCounts {
  const { failures, passes } = betaOf(prior)
  const scale = logRisingFactorial(failures + passes, runs)
  let logWays = 0
  let below = 0
  let low = 0
  let high = runs
  let isHighKnown = false
  let chance = 1
  for (let count = 0; count <= runs; count++) {
    const here = Math.exp(
      logWays + logRisingFactorial(failures, count) + logRisingFactorial(passes, runs - count) - scale,
    )
    if (count === bad) chance = Math.min(1, 2 * Math.min(below + here, 1 - below))
    below += here
    if (below < TAIL) low = count + 1
    if (!isHighKnown && below >= 1 - TAIL) {
      high = count
      isHighKnown = true
    }
    logWays += Math.log((runs - count) / (count + 1))
  }
  return { low: Math.min(low, high), high, chance: Math.max(0, chance) }
}

const TAIL = 0.025
const LEAST_STRENGTH = 2

function betaOf({ rate, variance }: { rate: number; variance: number }) {
  const strength = Math.max(1 / (variance * rate * (1 - rate)) - 1, LEAST_STRENGTH)
  return { failures: rate * strength, passes: (1 - rate) * strength }
}
