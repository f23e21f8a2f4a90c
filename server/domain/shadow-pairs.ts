// Shadow runs: the new build run beside the old on the same unit. What one unit came to on both is a matched pair.
import { z } from 'zod'
import type { DeploymentId } from './ids.ts'
import { day, type Instant } from './instant.ts'
import { outcomes, type RunOutcome } from './run.ts'

/** How far the two runs of a pair may start from each other. */
export const pairWindowMs = day

export type PairableRun = {
  id: string
  unit: string
  serial: string
  shadow: boolean
  deploymentId: DeploymentId | null
  version: string | null
  station: string
  outcome: RunOutcome
  startedAt: Instant
  endedAt: Instant
  metrics: Record<string, number>
}

const pairedRun = z.object({
  outcome: z.enum(outcomes),
  at: z.number(),
  station: z.string(),
  version: z.string().nullable(),
})

/**
 * worse: only the new build did not pass the unit; better: only base did not; concordant: both did the same; void: it
 * says nothing of these two builds.
 */
export const shadowPair = z.object({
  serial: z.string(),
  state: z.enum(['worse', 'better', 'concordant', 'void']),
  /** Why it is void; null where it counts. */
  why: z.string().nullable(),
  shadow: pairedRun,
  production: pairedRun,
})
export type ShadowPair = z.infer<typeof shadowPair>
/** The two runs of a pair, with all that they report. */
export type MatchedRuns = { shadow: PairableRun; production: PairableRun }

/**
 * By unit: its first shadow run of a day with its first production run within a day before or after, each run in one
 * pair at most. Later runs of either kind are retests and pair with nothing.
 *
 * Never simply the nearest run: a line retests what failed, so the nearest is a retest where the first run failed and
 * the first run where it passed. Production then seems to pass more, and between builds that are alike that alone would
 * prove the new one worse. Which run is the first is known before it ends.
 *
 * @param runs of any number of units, in any order; shadow runs of one build only, no reference samples.
 */
export function matchedRuns(runs: PairableRun[]): MatchedRuns[] {
  return [...Map.groupBy(runs, ({ unit }) => unit).values()].flatMap((ofUnit) => {
    const inOrder = ofUnit.toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
    const productions = inOrder.filter(({ shadow }) => !shadow)
    const taken = new Set<PairableRun>()
    return firstOfEachDay(inOrder.filter(({ shadow }) => shadow)).flatMap((shadow): MatchedRuns[] => {
      const production = productions.find(
        (run) => !taken.has(run) && Math.abs(run.startedAt - shadow.startedAt) <= pairWindowMs,
      )
      if (!production) return []
      taken.add(production)
      return [{ shadow, production }]
    })
  })
}

function firstOfEachDay(inOrder: PairableRun[]): PairableRun[] {
  let until = Number.NEGATIVE_INFINITY
  return inOrder.filter(({ startedAt }) => {
    if (startedAt < until) return false
    until = startedAt + pairWindowMs
    return true
  })
}

export function shadowPairOf(matched: MatchedRuns, base: DeploymentId): ShadowPair {
  const { shadow, production } = matched
  const why = voidBecause(matched, base)
  return {
    serial: shadow.serial,
    state: why === null ? stateOf(shadow.outcome, production.outcome) : 'void',
    why,
    shadow: shown(shadow),
    production: shown(production),
  }
}

/** Null where the pair compares the new build with base. */
export function voidBecause({ shadow, production }: MatchedRuns, base: DeploymentId): string | null {
  if (shadow.outcome === 'ABORTED') return 'the shadow run was aborted'
  if (production.outcome === 'ABORTED') return 'the production run was aborted'
  if (production.deploymentId === null) return 'nobody knows which build made the production run'
  if (production.deploymentId === shadow.deploymentId) return 'both runs were of the new build'
  if (production.deploymentId !== base)
    return `the production run was of ${production.version ?? 'another build'}, not of base`
  return null
}

function stateOf(shadow: RunOutcome, production: RunOutcome): ShadowPair['state'] {
  if ((shadow === 'PASS') === (production === 'PASS')) return 'concordant'
  return shadow === 'PASS' ? 'better' : 'worse'
}

function shown({ outcome, startedAt, station, version }: PairableRun): ShadowPair['shadow'] {
  return { outcome, at: startedAt, station, version }
}
