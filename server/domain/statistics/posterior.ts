import type { LikelihoodCurve } from './average-over-drift.ts'
import { logSumExp } from './log-sum-exp.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'
import { termsThatCount } from './terms-that-count.ts'

/** Probabilities of changes between −3 and 4.5 log-odds, in steps of 0.125; those that are 0 left out. */
export type Posterior = readonly { readonly change: number; readonly probability: number }[]

/**
 * What to believe about the change after the counts, when before them small changes either way were
 * the likely ones (normal around no change with the given spread).
 *
 * For showing and for passing a gate, never for stopping: a probability does not keep its promise
 * under repeated looks, evidence does. Holds for changes inside the grid; what lies outside is left
 * out.
 *
 * Source: Bayes' rule on a grid, Gelman et al., Bayesian Data Analysis (2013), 10.1.
 *
 * @example 6 bad of 60 at 2.1 % expected: probability 0.99 of being worse
 */
export function posterior(curve: LikelihoodCurve, spread: number): Posterior {
  const { first, logs } = termsThatCount(
    GRID,
    (change) => curve.at(change) - change ** 2 / (2 * spread ** 2),
    {
      from: GRID.indexOf(0),
      isConcave: curve.isConcave(Math.min(...GRID), Math.max(...GRID)),
    },
  )
  const total = logSumExp(logs)
  return GRID.slice(first, first + logs.length).map((change, place) => ({
    change,
    probability: Math.exp((logs[place] ?? Number.NEGATIVE_INFINITY) - total),
  }))
}

/** Probability of a change beyond `limit`; a change exactly at the limit counts half. */
export function probabilityAbove(believed: Posterior, limit: number): number {
  let sum = 0
  for (const { change, probability } of believed) {
    if (Math.abs(change - limit) <= 1e-9) sum += probability / 2
    else if (change > limit) sum += probability
  }
  return Math.min(sum, 1)
}

/** Mean bad rate after the counts, for stations expected at `expectedLogOdds` without the build. */
export function meanRate(believed: Posterior, expectedLogOdds: number): number {
  return believed.reduce(
    (sum, { change, probability }) => sum + probability * rateFromLogOdds(expectedLogOdds + change),
    0,
  )
}

const GRID = Array.from({ length: 61 }, (_, step) => -3 + 0.125 * step)
