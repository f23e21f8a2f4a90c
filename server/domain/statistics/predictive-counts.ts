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
 * beta-binomial. Holds for 0 ≤ bad ≤ runs; the work grows with the failures expected: some 5 µs for 20 of them.
 *
 * Source: Gelman et al., Bayesian Data Analysis (2013), 2.3 and 5.3.
 *
 * @example 60 runs at 2 % and a variance of 0.1: 0 to 4 failures, and seven of them by a chance of 0.001
 */
export function predictiveCounts(
  { runs, bad }: { runs: number; bad: number },
  prior: { rate: number; variance: number },
): PredictiveCounts {
  const beta = betaOf(prior)
  const chanceOf = chances(runs, beta)
  let below = 0
  let low = 0
  let high = runs
  let isHighKnown = false
  let chance = 1
  for (let count = 0; count <= runs && !(isHighKnown && count > bad); count++) {
    const here = chanceOf(count)
    if (count === bad) chance = Math.min(1, 2 * Math.min(below + here, 1 - below))
    below += here
    if (below < TAIL) low = count + 1
    if (!isHighKnown && below >= 1 - TAIL) {
      high = count
      isHighKnown = true
    }
  }
  return { low: Math.min(low, high), high, chance: Math.max(0, chance) }
}

/**
 * The chance of each count, asked for from 0 up: each from the one before it, or by itself where the first is too small
 * for a machine's number.
 */
function chances(runs: number, { failures, passes }: Beta): (count: number) => number {
  const scale = logRisingFactorial(failures + passes, runs)
  let last = Math.exp(logRisingFactorial(passes, runs) - scale)
  if (last > SMALLEST)
    return (count) => {
      if (count > 0) last *= ((runs - count + 1) / count) * ((failures + count - 1) / (passes + runs - count))
      return last
    }
  let logWays = 0
  return (count) => {
    if (count > 0) logWays += Math.log((runs - count + 1) / count)
    const logRate = logRisingFactorial(failures, count) + logRisingFactorial(passes, runs - count)
    return Math.exp(logWays + logRate - scale)
  }
}

/** Below it the first chance has lost digits, which the next ones would not get back. */
const SMALLEST = 1e-290

type Beta = { failures: number; passes: number }

const TAIL = 0.025
const LEAST_STRENGTH = 2

function betaOf({ rate, variance }: { rate: number; variance: number }): Beta {
  const strength = Math.max(1 / (variance * rate * (1 - rate)) - 1, LEAST_STRENGTH)
  return { failures: rate * strength, passes: (1 - rate) * strength }
}
