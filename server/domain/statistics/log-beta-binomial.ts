import { logRisingFactorial } from './log-rising-factorial.ts'

/**
 * How well a station's count fits a failure rate that is itself uncertain: the logarithm of the
 * chance of one particular sequence with `bad` failures in `runs`, when the rate is drawn from
 * Beta(failures, passes).
 *
 * Holds for failures > 0, passes > 0 and 0 ≤ bad ≤ runs. The number of orders in which the failures
 * can fall is left out: it is the same for every rate and cancels in every ratio.
 *
 * Source: Skellam, Journal of the Royal Statistical Society B 10 (1948), 257.
 *
 * @example logBetaBinomial(3, 50, 2.4, 118.7) // -12.6072
 */
export function logBetaBinomial(bad: number, runs: number, failures: number, passes: number): number {
  return (
    logRisingFactorial(failures, bad) +
    logRisingFactorial(passes, runs - bad) -
    logRisingFactorial(failures + passes, runs)
  )
}
