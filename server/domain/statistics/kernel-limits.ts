import { type CanaryStation, LEAST_STRENGTH, SMALLEST_RATE } from './summed-kernel.ts'

/** Where, in shifts of log-odds, the limits on rate and strength bend the summed kernel. */
export type KernelLimits = {
  /** From the one to the other no station's rate is at its limit; nowhere if crossed. */
  readonly smoothFrom: number
  readonly smoothTo: number
  /** Between them, in rising order, where the strength of a station meets its limit; else it is smooth. */
  readonly bends: readonly number[]
  /** Up to the one and from the other on every station's rate is at its limit: the kernel is constant. */
  readonly flatTo: number
  readonly flatFrom: number
  /** Where no rate is at its limit it is concave: it falls ever faster away from its top. */
  readonly isConcave: boolean
}

/**
 * Where the summed kernel of these stations has its kinks.
 *
 * Only a smooth function may be read from a table, and only a concave one may be left unread far from
 * its top. The rate meets its limits at one shift on each side, a station's own. So does the strength,
 * nearer to a rate of a half, where 1 / (variance × rate × (1 − rate)) is least; never where the variance
 * is below 8/3. Up to a variance of 1 the kernel is concave, as the binomial likelihood it
 * widens; beyond, it bulges (checked on 1 to a million runs, from none to all bad).
 *
 * @example one station expected at 2 %, variance 0.05: smooth from −12.2 to 20.0, and concave
 */
export function kernelLimits(stations: readonly CanaryStation[]): KernelLimits {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let variance = 0
  const bends = new Set<number>()
  for (const station of stations) {
    lowest = Math.min(lowest, station.logOdds)
    highest = Math.max(highest, station.logOdds)
    variance = Math.max(variance, station.variance)
    // 1 / (rate × (1 − rate)) is 2 + 2 cosh of the log-odds; below 1 there is no such log-odds
    const cosh = (station.variance * (LEAST_STRENGTH + 1)) / 2 - 1
    if (cosh < 1) continue
    bends.add(-Math.acosh(cosh) - station.logOdds)
    bends.add(Math.acosh(cosh) - station.logOdds)
  }
  const smoothFrom = -FURTHEST - lowest
  const smoothTo = FURTHEST - highest
  return {
    smoothFrom,
    smoothTo,
    bends: [...bends].filter((bend) => bend > smoothFrom && bend < smoothTo).sort((a, b) => a - b),
    flatTo: -FURTHEST - highest,
    flatFrom: FURTHEST - lowest,
    isConcave: variance <= 1,
  }
}

/** Log-odds of the largest rate allowed. */
const FURTHEST = Math.log((1 - SMALLEST_RATE) / SMALLEST_RATE)
