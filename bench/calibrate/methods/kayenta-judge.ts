// Kayenta's judgement of one metric: is the canary's series higher, by Mann and Whitney?
import type { ValueCounts } from './value-counts.ts'

/**
 * "High" when the 98 % confidence interval of the shift between canary and base lies wholly above a
 * quarter of the estimated shift. Interval and estimate are those of R's `wilcox.test` with the normal
 * approximation: the shifts at which the rank statistic crosses a line. It falls as the shift grows, so
 * the interval's end need not be found: it lies above a number when the statistic there is beyond the line.
 *
 * Source: Spinnaker Kayenta, MannWhitneyClassifier.scala (fraction 0.25) and NetflixACAJudge (98 %).
 */
export function isHigh(canary: ValueCounts, base: ValueCounts): boolean {
  if (canary.size === 0 || base.size === 0) return false
  if (statistic(canary, base, 0, true) <= line) return false
  return statistic(canary, base, 0.25 * Math.abs(estimatedShift(canary, base)), true) > line
}

/** 99th percentile of the normal distribution: both sides of 98 %. */
const line = 2.3263478740408408

/** Standardised pairs won by the canary when its values are lowered by `shift`; continuity as in R. */
function statistic(canary: ValueCounts, base: ValueCounts, shift: number, isCorrected: boolean): number {
  const together = new Map(base.counts)
  let excess = (-canary.size * base.size) / 2
  for (const [value, count] of canary.counts) {
    const lowered = value - shift
    together.set(lowered, (together.get(lowered) ?? 0) + count)
    for (const [other, otherCount] of base.counts) {
      if (lowered > other) excess += count * otherCount
      else if (lowered === other) excess += (count * otherCount) / 2
    }
  }
  const size = canary.size + base.size
  let ties = 0
  for (const count of together.values()) ties += count ** 3 - count
  const variance = ((canary.size * base.size) / 12) * (size + 1 - ties / (size * (size - 1)))
  if (!(variance > 0)) return 0
  return (excess - (isCorrected ? Math.sign(excess) * 0.5 : 0)) / Math.sqrt(variance)
}

/** The shift at which the statistic is zero, by halving. */
function estimatedShift(canary: ValueCounts, base: ValueCounts): number {
  let low = -1
  let high = 1
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2
    if (statistic(canary, base, middle, false) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
