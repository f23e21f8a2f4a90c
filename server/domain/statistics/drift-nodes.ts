import type { DriftNode } from './average-over-drift.ts'
import type { Drift } from './base-drift.ts'

/**
 * The drifts to average over: a normal distribution as a few points with weights.
 *
 * Seven Gauss–Hermite points are exact enough while the canary's likelihood is at least as wide as
 * the gaps between them. Many canary stations beside few or no base stations make it narrower: it
 * then falls between the points, and with 100 canary stations and no base 15 % of healthy rollouts
 * were stopped at alpha 0.05. Points a likelihood's width apart over six standard deviations
 * (trapezoid rule, error below 1e-8) cure that.
 *
 * @param likelihoodWidth standard deviation, in log-odds, to which the canary's counts fix the shift
 *
 * Source: Abramowitz and Stegun (1964), 25.4.46; Trefethen and Weideman, SIAM Review 56 (2014), 385.
 *
 * @example driftNodes({ shift: 0, variance: 0.09 }, 0.3).length // 7, and 181 at a width of 0.02
 */
export function driftNodes(drift: Drift, likelihoodWidth: number): DriftNode[] {
  const spread = Math.sqrt(drift.variance)
  const points = spread <= WIDEST_GAP * likelihoodWidth ? SEVEN_POINTS : evenPoints(spread / likelihoodWidth)
  return points.map(({ at, weight }) => ({ shift: drift.shift + spread * at, logWeight: Math.log(weight) }))
}

/** Drift spread over likelihood width up to which seven points err by less than 3 % of the evidence. */
const WIDEST_GAP = 1.5
const REACH = 6
const MOST_POINTS = 2000

type Point = { readonly at: number; readonly weight: number }

function evenPoints(perSpread: number): Point[] {
  const half = Math.ceil(Math.min(REACH * perSpread, MOST_POINTS / 2))
  const heights = Array.from({ length: 2 * half + 1 }, (_, place) => {
    const at = ((place - half) * REACH) / half
    return { at, weight: Math.exp(-(at ** 2) / 2) }
  })
  const total = heights.reduce((sum, { weight }) => sum + weight, 0)
  return heights.map(({ at, weight }) => ({ at, weight: weight / total }))
}

const SEVEN_POINTS: readonly Point[] = [
  { at: -3.750439717725742, weight: 0.000548268858737218 },
  { at: -2.366759410734541, weight: 0.0307571239675864 },
  { at: -1.154405394739968, weight: 0.240123178605013 },
  { at: 0, weight: 0.457142857142858 },
  { at: 1.154405394739968, weight: 0.240123178605013 },
  { at: 2.366759410734541, weight: 0.0307571239675864 },
  { at: 3.750439717725742, weight: 0.000548268858737218 },
]
