import { logSumExp } from './log-sum-exp.ts'

/** Log-likelihood of a change of the bad rate by so many log-odds. */
export type LikelihoodCurve = (change: number) => number

/** A possible drift of the line, and the logarithm of its share of the average. */
export type DriftNode = { readonly shift: number; readonly logWeight: number }

/**
 * Turns the likelihood of a shift (build and line drift together) into the likelihood of the build's
 * change alone, by averaging over the drifts that are possible (`driftNodes`).
 *
 * Values once computed are kept, since evidence, bounds and posterior share them.
 *
 * @example averageOverDrift((shift) => -(shift ** 2) / 2, [{ shift: 0, logWeight: 0 }])(1) // -0.5
 */
export function averageOverDrift(
  atShift: (shift: number) => number,
  drifts: readonly DriftNode[],
): LikelihoodCurve {
  const known = new Map<number, number>()
  return (change) => {
    const before = known.get(change)
    if (before !== undefined) return before
    const value = logSumExp(drifts.map(({ shift, logWeight }) => logWeight + atShift(change + shift)))
    known.set(change, value)
    return value
  }
}
