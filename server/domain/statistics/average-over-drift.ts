import { logSumExp } from './log-sum-exp.ts'
import { termsThatCount } from './terms-that-count.ts'

/** How well each change of the bad rate, in log-odds, explains the counts. */
export type LikelihoodCurve = {
  /** Log-likelihood of a change. */
  readonly at: (change: number) => number
  /** Whether it is known to be concave between two changes: one top, and falling ever faster from it. */
  readonly isConcave: (from: number, to: number) => boolean
}

/** A possible drift of the line, and the logarithm of its share of the average. */
export type DriftNode = { readonly shift: number; readonly logWeight: number }

/** A range of shifts. */
export type ShiftRange = { readonly from: number; readonly to: number }

/**
 * Turns the likelihood of a shift (build and line drift together) into the likelihood of the build's
 * change alone, by averaging over the drifts that are possible (`driftNodes`, in rising order).
 *
 * Averaged over a normal drift, a concave likelihood stays concave. Where it is, only the drifts about
 * the likeliest are visited: some 30 of up to 2,000. Values once computed are kept, since evidence,
 * bounds and posterior share them.
 *
 * Source: Prékopa, Acta Scientiarum Mathematicarum 34 (1973), 335.
 *
 * @param concave the shifts between which `atShift` is known to be concave
 *
 * @example averageOverDrift((shift) => -(shift ** 2) / 2, [{ shift: 0, logWeight: 0 }]).at(1) // -0.5
 */
export function averageOverDrift(
  atShift: (shift: number) => number,
  drifts: readonly DriftNode[],
  concave: ShiftRange = { from: 0, to: 0 },
): LikelihoodCurve {
  const from = concave.from - (drifts.at(0)?.shift ?? 0)
  const to = concave.to - (drifts.at(-1)?.shift ?? 0)
  const known = new Map<number, number>()
  const average = (change: number) => {
    const logTerm = ({ shift, logWeight }: DriftNode) => logWeight + atShift(change + shift)
    const isConcave = change >= from && change <= to
    const start = isConcave && drifts.length > 16 ? placeOfLargest(drifts, logTerm) : 0
    return logSumExp(termsThatCount(drifts, logTerm, { from: start, isConcave }).logs)
  }
  return {
    at: (change) => {
      const value = known.get(change) ?? average(change)
      known.set(change, value)
      return value
    },
    isConcave: (lowest, highest) => lowest >= from && highest <= to,
  }
}

/** By halving, since the drifts may be many and the likeliest is another one for each change. */
function placeOfLargest(drifts: readonly DriftNode[], logTerm: (drift: DriftNode) => number): number {
  let low = 0
  let high = drifts.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const one = drifts[middle]
    const next = drifts[middle + 1]
    if (one && next && logTerm(one) < logTerm(next)) low = middle + 1
    else high = middle
  }
  return low
}
