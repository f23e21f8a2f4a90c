import { logBetaBinomial } from './log-beta-binomial.ts'
import {
  logRisingFactorial,
  MOST_FACTORS,
  risingFactorial,
  STIRLING_FROM,
  stirlingExcess,
} from './log-rising-factorial.ts'

/** A canary station: what it counted, and what its past and the noise between deployments allow. */
export type CanaryStation = {
  readonly runs: number
  readonly bad: number
  /** Log-odds of the expected bad rate without the new build and without drift. */
  readonly logOdds: number
  /** Variance of that log-odds, the noise of a deployment on a station included. */
  readonly variance: number
}

/**
 * How well the counts of all stations together fit a shift of their bad rates by so many log-odds, as
 * a logarithm.
 *
 * Each station's own rate is unknown: it scatters around its shifted rate as a Beta distribution with
 * the station's variance, and is integrated out. Holds for every finite shift: the rate is kept inside
 * (1e-7, 1 − 1e-7) and the Beta is never weaker than half a run. With a `smallestRate` of 0 the first
 * limit is off, for a table that has to go on smoothly a little beyond it.
 *
 * Logarithms are what costs, and a verdict asks for some 40 shifts of thousands of stations. Short
 * products are carried on from station to station, with one logarithm when they get small. Long ones
 * are taken apart: their powers make the binomial likelihood of the rate, their excesses over the
 * powers the allowance for its scatter. 28 to 50 ns a station and shift, where the difference of three
 * pairs of log-gammas takes 75.
 *
 * Source: Skellam, Journal of the Royal Statistical Society B 10 (1948), 257.
 *
 * @example one station, 6 bad of 60 at 2 % expected: best near a shift of +1.69, that is 10 %
 */
export function summedKernel(
  stations: readonly CanaryStation[],
  smallestRate = SMALLEST_RATE,
): (shift: number) => number {
  const { runs, bad, oddsOfPassing, precision, isFewRuns, isFewBad } = columns(stations)
  const leastOdds = smallestRate / (1 - smallestRate)
  const mostOdds = (1 - smallestRate) / smallestRate
  return (shift) => {
    const factor = Math.exp(-shift)
    let sum = 0
    let product = 1
    for (let place = 0; place < stations.length; place++) {
      const all = runs[place] ?? 0
      const failed = bad[place] ?? 0
      const passed = all - failed
      const odds = Math.min(Math.max((oddsOfPassing[place] ?? 0) * factor, leastOdds), mostOdds)
      const rate = 1 / (1 + odds)
      const scatter = ((1 + odds) * (1 + odds) * (precision[place] ?? 0)) / odds
      const strength = Math.max(scatter - 1, LEAST_STRENGTH)
      const failures = rate * strength
      const passes = odds * failures
      if (isFewRuns[place] === 1) {
        const ways = risingFactorial(failures, failed) * risingFactorial(passes, passed)
        product *= ways / risingFactorial(strength, all)
      } else if (passes < STIRLING_FROM || strength < STIRLING_FROM) {
        sum += logBetaBinomial(failed, all, failures, passes)
      } else {
        sum += stirlingExcess(passes, passed) - stirlingExcess(strength, all)
        sum -= passed * Math.log1p(1 / odds)
        if (isFewBad[place] === 1) {
          const perRun = 1 / strength
          for (let step = 0; step < failed; step++) product *= rate + step * perRun
          sum += failed
        } else if (failures < STIRLING_FROM) {
          sum += logRisingFactorial(failures, failed) - failed * (Math.log(strength) - 1)
        } else {
          sum += stirlingExcess(failures, failed) - failed * Math.log1p(odds)
        }
      }
      if (product < SMALLEST_PRODUCT) {
        sum += Math.log(product)
        product = 1
      }
    }
    return sum + Math.log(product)
  }
}

/** Rates are kept so far from 0 and 1. */
export const SMALLEST_RATE = 1e-7

/** The runs that a Beta distribution is worth at least. */
export const LEAST_STRENGTH = 0.5

/** One station multiplies by 1e-96 at the least: the product stays above the smallest double. */
const SMALLEST_PRODUCT = 1e-150

/** What does not depend on the shift, a column each: read in a row, without an object for a station. */
function columns(stations: readonly CanaryStation[]) {
  const column = (value: (station: CanaryStation) => number) => {
    const values = new Float64Array(stations.length)
    stations.forEach((station, place) => {
      values[place] = value(station)
    })
    return values
  }
  const isFew = (count: number) => (count <= MOST_FACTORS && Number.isInteger(count) ? 1 : 0)
  return {
    runs: column(({ runs }) => runs),
    bad: column(({ bad }) => bad),
    oddsOfPassing: column(({ logOdds }) => Math.exp(-logOdds)),
    precision: column(({ variance }) => 1 / variance),
    isFewRuns: column(({ runs, bad }) => isFew(runs) * isFew(bad)),
    isFewBad: column(({ bad }) => isFew(bad)),
  }
}
