// What a stopped rollout spared the fleet: failures that the same build would have caused, had it gone everywhere at once.
import { z } from 'zod'
import { abortOf, type EndedRollout } from './outcome.ts'
import { firstAlarmAt } from './times.ts'

const estimate = z.object({ estimate: z.number(), low: z.number(), high: z.number() })
export type Estimate = z.infer<typeof estimate>

export const prevented = z.object({
  /** Aborted rollouts with a breach, of which it can be reckoned, and those of which it cannot. */
  rollouts: z.int(),
  unknown: z.int(),
  /** Beyond what the canary stations did cost. Null without a rollout. */
  failures: estimate.nullable(),
  /** What they did cost until then. */
  canaryFailures: estimate.nullable(),
})
export type Prevented = z.infer<typeof prevented>

/**
 * The measured excess of bad first attempts × the first attempts of all stations from the exposure of the first canary
 * to the first breach, less those on the new build, which had it anyway. Until the same moment: an all-at-once release
 * might have been found out sooner, or later. A stop is chosen for its high excess, so that the estimate leans high; the
 * bounds of the excess are always valid and hold for it all the same.
 */
export function preventedBy({
  excess,
  exposure,
}: EndedRollout): { fleet: Estimate; canary: Estimate } | null {
  if (!excess || !exposure) return null
  const times = (units: number): Estimate => ({
    estimate: units * excess.estimate,
    low: units * excess.low,
    high: units * excess.high,
  })
  return {
    fleet: times(Math.max(0, exposure.units - exposure.canaryUnits)),
    canary: times(exposure.canaryUnits),
  }
}

export function preventedSum(rollouts: EndedRollout[]): Prevented {
  const stopped = rollouts.filter(isStopped)
  const known = stopped.flatMap((each) => preventedBy(each) ?? [])
  return {
    rollouts: known.length,
    unknown: stopped.length - known.length,
    failures: sum(known.map(({ fleet }) => fleet)),
    canaryFailures: sum(known.map(({ canary }) => canary)),
  }
}

/** Taken back while it was staged, after an alarm that could stop it. */
export function isStopped(rollout: EndedRollout): boolean {
  const { outcome } = rollout
  const staged = outcome === 'aborted by a person' || outcome === 'rolled back by a gate'
  return staged && abortOf(rollout) !== null && firstAlarmAt(rollout) !== null
}

/**
 * The sum of independent estimates: their distances to each bound add up as squares. Null of none.
 *
 * Source: Zou and Donner, Statistics in Medicine 27 (2008), 1693.
 *
 * @example sum of 10 (7 … 14) and 20 (16 … 23) is 30 (25 … 35)
 */
export function sum(all: Estimate[]): Estimate | null {
  if (all.length === 0) return null
  const total = all.reduce((all, each) => all + each.estimate, 0)
  const away = (bound: 'low' | 'high') => Math.hypot(...all.map((each) => each[bound] - each.estimate))
  return { estimate: total, low: total - away('low'), high: total + away('high') }
}
