// What the shadow pairs of a rollout come to: counts, evidence that may be read at any look, numbers, and words for it.
import { z } from 'zod'
import type { DeploymentId } from './ids.ts'
import { type NumberGate, pairedNumber, pairedNumbers } from './paired-numbers.ts'
import { type MatchedRuns, type ShadowPair, shadowPairOf, voidBecause } from './shadow-pairs.ts'
import { pairedLogEvidence } from './statistics/paired-evidence.ts'

/** Pairs that count, and what the two builds came to on them. */
export type ShadowCounts = {
  pairs: number
  worse: number
  better: number
  /** Units that neither build passed. */
  neither: number
  void: number
  /** Stations that made the shadow runs. */
  stations: number
}
export const noShadowCounts: ShadowCounts = {
  pairs: 0,
  worse: 0,
  better: 0,
  neither: 0,
  void: 0,
  stations: 0,
}

export const shadowSummary = z.object({
  pairs: z.int(),
  worse: z.int(),
  better: z.int(),
  concordant: z.int(),
  void: z.int(),
  /** Natural logarithm of the evidence that the new build fails units that base passes. */
  logEvidence: z.number(),
  headline: z.string(),
  numbers: z.array(pairedNumber),
})
export type ShadowSummary = z.infer<typeof shadowSummary>

export function shadowCounts(pairs: ShadowPair[]): ShadowCounts {
  const of = (state: ShadowPair['state']) => pairs.filter((pair) => pair.state === state)
  const neither = of('concordant').filter(({ shadow }) => shadow.outcome !== 'PASS').length
  const counted = pairs.filter(({ state }) => state !== 'void')
  return {
    pairs: counted.length,
    worse: of('worse').length,
    better: of('better').length,
    neither,
    void: of('void').length,
    stations: new Set(counted.map(({ shadow }) => shadow.station)).size,
  }
}

export function summaryOfShadow(
  matched: MatchedRuns[],
  base: DeploymentId,
  gates: NumberGate[],
): ShadowSummary {
  const counts = shadowCounts(matched.map((each) => shadowPairOf(each, base)))
  const { pairs, worse, better } = counts
  return {
    pairs,
    worse,
    better,
    concordant: pairs - worse - better,
    void: counts.void,
    logEvidence: pairedLogEvidence(worse, better),
    headline: shadowHeadline(counts),
    numbers: pairedNumbers(
      matched.filter((each) => voidBecause(each, base) === null),
      gates,
    ),
  }
}

/** "the new build alone failed 7 of 60 units that both builds tested, base alone 1" */
export function shadowHeadline({ pairs, worse, better }: ShadowCounts): string {
  if (pairs === 0) return 'no unit has been tested by both builds yet'
  const units = `${pairs} ${pairs === 1 ? 'unit' : 'units'}`
  return `the new build alone failed ${worse} of ${units} that both builds tested, base alone ${better}`
}
