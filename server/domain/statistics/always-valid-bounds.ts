import { FURTHEST_ALTERNATIVE } from './alternatives.ts'
import type { LikelihoodCurve } from './average-over-drift.ts'
import { logEvidence } from './log-evidence.ts'

/** Limits of the change in log-odds; an infinite one means that nothing is proven on that side. */
export type Bounds = { readonly lower: number; readonly upper: number }

/**
 * The range of changes that the evidence has not refuted, valid however often it is looked at.
 *
 * Below `lower` every change is refuted upwards with evidence 1/alpha, above `upper` downwards. Both
 * are found by walking in steps of 0.125 log-odds, from −3 and from 4.5, to the first change that
 * stands, with a straight line between the last two steps. A first step that stands means that
 * nothing is proven on that side. A walk may leave the range on the far side: a station where every
 * run fails at an expected 0.01 % is proven far beyond 4.5.
 *
 * Source: inverting a test martingale, Howard et al., Annals of Statistics 49 (2021), 1055.
 *
 * @example 6 bad of 60 at 2.1 % expected, alpha 0.05: { lower: 0.041, upper: 2.944 }
 */
export function alwaysValidBounds(curve: LikelihoodCurve, alpha: number): Bounds {
  const needed = Math.log(1 / alpha)
  const lower = firstThatStands(curve, needed, LOWEST, 1)
  const upper = firstThatStands(curve, needed, HIGHEST, -1)
  return { lower, upper: Math.max(lower, upper) }
}

const LOWEST = -3
const HIGHEST = 4.5
const STEP = 0.125
const MOST_STEPS = 320

/**
 * On a concave curve evidence falls with every step, so that steps need not be looked at one by one from
 * the end of the range on: leaps from no change outwards find one that is refuted, and only the top of
 * the curve is ever read.
 */
function firstThatStands(curve: LikelihoodCurve, needed: number, from: number, direction: 1 | -1): number {
  const changeAt = (step: number) => from + direction * STEP * step
  const evidenceAt = (step: number) => logEvidence(curve, changeAt(step), direction)
  let step = 0
  if (curve.isConcave(LOWEST - FURTHEST_ALTERNATIVE, HIGHEST + FURTHEST_ALTERNATIVE)) {
    step = (-direction * from) / STEP
    for (let leap = 1; step > 0 && evidenceAt(step) < needed; leap *= 2) step = Math.max(step - leap, 0)
  }
  let above = evidenceAt(step)
  if (above < needed) return -direction * Number.POSITIVE_INFINITY
  for (; step < MOST_STEPS; step++) {
    const evidence = evidenceAt(step + 1)
    if (evidence < needed) return changeAt(step + (above - needed) / (above - evidence))
    above = evidence
  }
  return changeAt(step)
}
