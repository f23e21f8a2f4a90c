import { logOdds } from './log-odds.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'

/**
 * About how many more canary runs until the evidence decides, if the build is as it looks.
 *
 * Evidence grows, per run, by the information between the assumed and the tolerated rate. To the line
 * at 1/alpha comes an allowance of 1.3 for the stake that lies on wrong sizes. A forecast in the mean
 * for one rate without station noise, so a lower end. An assumed rate not above the tolerated one
 * never breaches: infinity.
 *
 * Source: Wald, Sequential Analysis (1947), A.72; information by Kullback and Leibler (1951).
 *
 * @example runsToDecision({ toleratedRate: 0.02, assumedRate: 0.04, alpha: 0.05 }) // 542
 */
export function runsToDecision(question: {
  toleratedRate: number
  assumedRate: number
  alpha: number
  /** Log evidence already there. */
  logEvidence?: number
}): number {
  const missing = Math.max(0, Math.log(1 / question.alpha) + ALLOWANCE - (question.logEvidence ?? 0))
  if (missing === 0) return 0
  const information = informationPerRun(question.assumedRate, question.toleratedRate)
  return question.assumedRate > question.toleratedRate && information > 0
    ? missing / information
    : Number.POSITIVE_INFINITY
}

/** Expected growth of the log evidence by one run. */
export function informationPerRun(assumedRate: number, toleratedRate: number): number {
  const assumed = logOdds(assumedRate)
  const tolerated = logOdds(toleratedRate)
  const logRatio = (one: number, other: number) =>
    Math.log(rateFromLogOdds(one)) - Math.log(rateFromLogOdds(other))
  return Math.max(
    0,
    rateFromLogOdds(assumed) * logRatio(assumed, tolerated) +
      rateFromLogOdds(-assumed) * logRatio(-assumed, -tolerated),
  )
}

export const ALLOWANCE = 1.3
