import { logOdds } from './log-odds.ts'

/** How much worse a rate may be: by a factor, by a set amount of rate (0.005 is half a point). */
export type Tolerance = { readonly relative: number; readonly points: number }

/**
 * A tolerance in words of rates, as a change of log-odds from the expected rate.
 *
 * The more generous of the two parts counts: a factor means nothing at an expected 0.01 %, a fixed
 * amount nothing at 20 %. The tolerated rate ends at 99.9 %, and never below the expected rate: on a
 * line that expects more than that, "no worse" must not become "better".
 *
 * @example toleratedChange(0.02, { relative: 1.1, points: 0.005 }) // 0.229: from 2 % to 2.5 %
 */
export function toleratedChange(expectedRate: number, tolerance: Tolerance): number {
  const wanted = Math.max(expectedRate * tolerance.relative, expectedRate + tolerance.points)
  const tolerated = Math.min(wanted, Math.max(HIGHEST_RATE, expectedRate))
  return logOdds(tolerated) - logOdds(expectedRate)
}

const HIGHEST_RATE = 0.999
