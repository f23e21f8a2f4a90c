import { type CanaryStation, LEAST_STRENGTH, SMALLEST_RATE } from './summed-kernel.ts'

/** Where, in shifts of log-odds, the limits on rate and strength bend the summed kernel. */
export type KernelLimits = {
  /** From the one to the other no station is at a limit and the kernel is smooth; nowhere if crossed. */
  readonly smoothFrom: number
  readonly smoothTo: number
  /** Up to the one and from the other on every station's rate is at its limit: the kernel is constant. */
  readonly flatTo: number
  readonly flatFrom: number
  /** Where it is smooth it is concave too: it falls ever faster away from its top. */
  readonly isConcave: boolean
}

/**
 * Where the summed kernel of these stations has its kinks.
 *
 * Only a smooth function may be read from a table, and only a concave one may be left unread far from
 * its top. The rate meets its limits at one shift on each side, a station's own. The strength never
 * meets its limit where the variance is below 8/3, since 1 / (variance × rate × (1 − rate)) is least
 * at a rate of a half. Up to a variance of 1 the kernel is concave, as the binomial likelihood it
 * widens; beyond, it bulges (checked on 1 to a million runs, from none to all bad).
 *
 * @example one station expected at 2 %, variance 0.05: smooth from −12.2 to 20.0, and concave
 */
export function kernelLimits(stations: readonly CanaryStation[]): KernelLimits {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let variance = 0
  for (const station of stations) {
    lowest = Math.min(lowest, station.logOdds)
    highest = Math.max(highest, station.logOdds)
    variance = Math.max(variance, station.variance)
  }
  const isSmooth = variance / 4 < 1 / (LEAST_STRENGTH + 1)
  return {
    smoothFrom: isSmooth ? -FURTHEST - lowest : Number.POSITIVE_INFINITY,
    smoothTo: isSmooth ? FURTHEST - highest : Number.NEGATIVE_INFINITY,
    flatTo: -FURTHEST - highest,
    flatFrom: FURTHEST - lowest,
    isConcave: variance <= 1,
  }
}

/** Log-odds of the largest rate allowed. */
const FURTHEST = Math.log((1 - SMALLEST_RATE) / SMALLEST_RATE)
