import { logSumExp } from './log-sum-exp.ts'
import { pairedLogEvidence } from './paired-evidence.ts'

/**
 * Logarithm of the evidence that the new build fails more of the pairs than base does by more than is tolerated,
 * valid at any look.
 *
 * A pair counts +1 where only the new build failed its unit, −1 where only base did and 0 where both did the same. As
 * long as the mean of that number is at most `tolerated`, nobody can grow rich by betting on more: a stake λ multiplies
 * what is there by 1 + λ (number − tolerated), whose expectation is at most 1 whatever came before. The evidence is
 * what the bets λ from 0 to the largest that cannot ruin, 1 / (1 + tolerated), have made together, in equal parts.
 *
 * Where nothing is tolerated it is the exact sign test: with λ = 2p − 1 these are the bets of `pairedLogEvidence`, and
 * pairs with equal outcomes say nothing. Otherwise equal pairs speak against a difference beyond `tolerated`. A
 * negative number is tolerated where the new build has to be better by so much; with worse and better exchanged and
 * −x tolerated it is the evidence that the difference is below x.
 *
 * Holds for whole numbers from 0 on and for −1 < tolerated < 1. By 400 midpoints: within 0.01 of the exact logarithm up
 * to 10,000 pairs.
 *
 * Source: capital process for the mean of a bounded number, Waudby-Smith and Ramdas, Journal of the Royal Statistical
 * Society B 86 (2024), 1; mixed over the bets as by Robbins (1970).
 *
 * @example 6 worse, none better, 54 equal: evidence 18.1 with nothing tolerated, 7.6 with 2 points
 */
export function pairedLogEvidenceBeyond({ worse, better, equal }: PairCounts, tolerated: number): number {
  if (tolerated === 0) return pairedLogEvidence(worse, better)
  const most = 1 / (1 + tolerated)
  const made = Array.from({ length: bets }, (_, index) => {
    const stake = ((index + 0.5) / bets) * most
    return (
      worse * Math.log1p(stake * (1 - tolerated)) +
      better * Math.log1p(-stake * (1 + tolerated)) +
      equal * Math.log1p(-stake * tolerated)
    )
  })
  return logSumExp(made) - Math.log(bets)
}

const bets = 400

export type PairCounts = { worse: number; better: number; equal: number }

/**
 * The differences, as fractions of the pairs, that the evidence has not ruled out at `alpha`: below `low` and above
 * `high` it is over 1 / alpha. Valid at any look, for each side by itself.
 */
export function pairedBounds(counts: PairCounts, alpha: number): { low: number; high: number } {
  const enough = Math.log(1 / alpha)
  const mirrored = { worse: counts.better, better: counts.worse, equal: counts.equal }
  return {
    low: largestRuledOut((difference) => pairedLogEvidenceBeyond(counts, difference) >= enough),
    high: 0 - largestRuledOut((difference) => pairedLogEvidenceBeyond(mirrored, difference) >= enough),
  }
}

/** Evidence falls as more is tolerated: halved until a hundredth of a point is left. */
function largestRuledOut(isRuledOut: (difference: number) => boolean): number {
  let [low, high] = [-1, 1]
  while (high - low > 1e-4) {
    const middle = (low + high) / 2
    if (isRuledOut(middle)) low = middle
    else high = middle
  }
  return low
}

/**
 * The chance, by what was seen alone, that the new build fails more of the pairs than base by more than `points` (a
 * fraction of them). Of pairs with different outcomes the part in which the new build is the worse has, before anything
 * is seen, any size with the same chance: afterwards Beta(1 + worse, 1 + better). For display and for passing, never
 * for a stop: it does not hold at every look.
 */
export function probabilityPairedBeyond({ worse, better, equal }: PairCounts, points: number): number {
  const different = worse + better
  if (different === 0) return points < 0 ? 1 : 0
  const part = (1 + (points * (different + equal)) / different) / 2
  if (part >= 1) return 0
  if (part <= 0) return 1
  // The upper tail of a beta with whole numbers is the lower tail of a binomial.
  const tosses = different + 1
  const odds = Math.log(part) - Math.log1p(-part)
  const terms = [tosses * Math.log1p(-part)]
  for (let count = 1; count <= worse; count++)
    terms.push((terms[count - 1] ?? 0) + Math.log((tosses - count + 1) / count) + odds)
  return Math.min(1, Math.exp(logSumExp(terms)))
}
