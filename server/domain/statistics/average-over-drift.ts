import type { Drift } from './base-drift.ts'
import { logSumExp } from './log-sum-exp.ts'

/** Log-likelihood of a change of the bad rate by so many log-odds. */
export type LikelihoodCurve = (change: number) => number

/**
 * Turns the likelihood of a shift (build and line drift together) into the likelihood of the build's
 * change alone, by averaging over the drift: seven-point Gauss–Hermite quadrature over its normal
 * distribution. Values once computed are kept, since evidence, bounds and posterior share them.
 *
 * Holds while the likelihood is no narrower than about a third of the drift's standard deviation;
 * with a drift of at most 0.30 and station noise of at least 0.15 it is wider.
 *
 * Source: Abramowitz and Stegun (1964), 25.4.46.
 *
 * @example averageOverDrift((shift) => -shift * shift / 2, { shift: 0, variance: 0 })(1) // -0.5
 */
export function averageOverDrift(atShift: (shift: number) => number, drift: Drift): LikelihoodCurve {
  const spread = Math.sqrt(drift.variance)
  const known = new Map<number, number>()
  return (change) => {
    const before = known.get(change)
    if (before !== undefined) return before
    const value = logSumExp(
      NODES.map((node) => node.logWeight + atShift(change + drift.shift + spread * node.at)),
    )
    known.set(change, value)
    return value
  }
}

const NODES = [
  { at: -3.750439717725742, weight: 0.000548268858737218 },
  { at: -2.366759410734541, weight: 0.0307571239675864 },
  { at: -1.154405394739968, weight: 0.240123178605013 },
  { at: 0, weight: 0.457142857142858 },
  { at: 1.154405394739968, weight: 0.240123178605013 },
  { at: 2.366759410734541, weight: 0.0307571239675864 },
  { at: 3.750439717725742, weight: 0.000548268858737218 },
].map(({ at, weight }) => ({ at, logWeight: Math.log(weight) }))
