// Kayenta's judgement of one metric: is the canary's series higher, by Mann and Whitney?
import type { ValueCounts } from './value-counts.ts'

/**
 * "High" when the 98 % confidence interval of the shift between canary and base lies wholly above a
 * quarter of the estimated shift. Interval and estimate are those of R's `wilcox.test` with the normal
 * approximation: the shifts at which the rank statistic crosses a line. It falls as the shift grows, so
 * the interval's end need not be found: it lies above a number when the statistic there is beyond the line.
 *
 * @param allowedIncrease how many times base's mean the canary's has to be besides; 1, where nothing is set,
 * asks for nothing more.
 *
 * Source: Spinnaker Kayenta, MannWhitneyClassifier.scala (fraction 0.25) and NetflixACAJudge (98 %);
 * `effectSize.allowedIncrease` in its docs/canary-config.md, whose example is 1.1.
 */
export function isHigh(canary: ValueCounts, base: ValueCounts, allowedIncrease = 1): boolean {
  if (canary.size === 0 || base.size === 0) return false
  if (statistic(canary, base, 0, true) <= line) return false
  if (allowedIncrease > 1 && canary.sum / canary.size < (allowedIncrease * base.sum) / base.size) return false
  return statistic(canary, base, 0.25 * Math.abs(estimatedShift(canary, base)), true) > line
}

/** 99th percentile of the normal distribution: both sides of 98 %. */
const line = 2.3263478740408408

/** Standardised pairs won by the canary when its values are lowered by `shift`; continuity as in R. */
function statistic(canary: ValueCounts, base: ValueCounts, shift: number, isCorrected: boolean): number {
  let excess = (-canary.size * base.size) / 2
  let ties = 0
  let place = 0
  let below = 0
  // Both are in order: one walk over base for all values of the canary.
  for (let own = 0; own < canary.values.length; own++) {
    const value = (canary.values[own] ?? 0) - shift
    const count = canary.counts[own] ?? 0
    for (; place < base.values.length && (base.values[place] ?? 0) < value; place++) {
      const passed = base.counts[place] ?? 0
      below += passed
      ties += passed ** 3 - passed
    }
    const equal = base.values[place] === value ? (base.counts[place] ?? 0) : 0
    excess += count * (below + equal / 2)
    if (equal > 0) {
      below += equal
      place += 1
    }
    ties += (count + equal) ** 3 - (count + equal)
  }
  for (; place < base.values.length; place++)
    ties += (base.counts[place] ?? 0) ** 3 - (base.counts[place] ?? 0)
  const size = canary.size + base.size
  const variance = ((canary.size * base.size) / 12) * (size + 1 - ties / (size * (size - 1)))
  if (!(variance > 0)) return 0
  return (excess - (isCorrected ? Math.sign(excess) * 0.5 : 0)) / Math.sqrt(variance)
}

/** The shift at which the statistic is zero, by halving. */
function estimatedShift(canary: ValueCounts, base: ValueCounts): number {
  let high = 1
  let low = -1
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2
    if (statistic(canary, base, middle, false) > 0) low = middle
    else high = middle
  }
  return (low + high) / 2
}
