import { averageOverDrift, type LikelihoodCurve } from './average-over-drift.ts'
import type { Drift } from './base-drift.ts'
import { driftNodes } from './drift-nodes.ts'
import { groupedKernel } from './grouped-kernel.ts'
import { kernelLimits } from './kernel-limits.ts'
import { likelihoodWidth } from './likelihood-width.ts'
import { piecewiseTable } from './piecewise-table.ts'
import { smoothTable } from './smooth-table.ts'
import { type CanaryStation, summedKernel } from './summed-kernel.ts'

/**
 * How well each size of change by the new build explains the counts of all canary stations.
 *
 * Stations are independent once drift and change are given, so their log-likelihoods add up; the
 * common drift is averaged out afterwards. Only differences between two changes mean anything: the
 * binomial coefficients are left out. No stations: every change fits alike, 0.
 *
 * Build and drift move every station by their sum. The summed likelihood therefore depends on one
 * number, and one table over it serves every change wherever no station is at its limits; beyond, the
 * sum is computed, or known, since it is constant once every station is at its limit. Where stations
 * know so little that the limit on their strength bends the sum, it is read piece by piece.
 *
 * Source: the marginal likelihood of the engine, `log_marginal` of its specification.
 *
 * @example one station, 6 bad of 60, 2 % expected: the curve is highest near +1.69 log-odds
 */
export function likelihoodCurve(stations: readonly CanaryStation[], drift: Drift): LikelihoodCurve {
  const { smoothFrom, smoothTo, bends, flatTo, flatFrom, isConcave } = kernelLimits(stations)
  const exact = bends.length === 0 ? summedKernel(stations) : groupedKernel(stations)
  const table =
    bends.length === 0
      ? smoothTable(summedKernel(stations, 0))
      : piecewiseTable(exact, [smoothFrom, ...bends, smoothTo])
  const beyond = constantOutside(exact, flatTo, flatFrom)
  return averageOverDrift(
    (shift) => (shift >= smoothFrom && shift <= smoothTo ? table(shift) : beyond(shift)),
    driftNodes(drift, likelihoodWidth(stations)),
    isConcave ? { from: smoothFrom, to: smoothTo } : undefined,
  )
}

function constantOutside(
  exact: (shift: number) => number,
  from: number,
  to: number,
): (shift: number) => number {
  const ends = new Map<number, number>()
  return (shift) => {
    if (shift > from && shift < to) return exact(shift)
    const end = shift <= from ? from : to
    const value = ends.get(end) ?? exact(end)
    ends.set(end, value)
    return value
  }
}
