// What the retests of a rollout come to: counts, evidence that may be read at any look, and words for it.
import { z } from 'zod'
import { hasPassed, isOpen, type PairState, type RetestPair, type RetestUnit } from './retests.ts'
import { pairedLogEvidence } from './statistics/paired-evidence.ts'

export const retestSummary = z.object({
  /** Pairs. */
  asked: z.int(),
  /** Pairs of which both units were tested again: worse + better + concordant. */
  done: z.int(),
  worse: z.int(),
  better: z.int(),
  concordant: z.int(),
  void: z.int(),
  /** Natural logarithm of the evidence that the new build fails units that base passes. */
  logEvidence: z.number(),
  headline: z.string(),
  details: z.array(z.string()),
})
export type RetestSummary = z.infer<typeof retestSummary>

/** Evidence that builds which are alike reach in at most one of twenty rollouts, however often it is looked at. */
export const enoughEvidence = 20

export function summary(pairs: RetestPair[]): RetestSummary {
  const [worse, better] = [countOf(pairs, 'worse'), countOf(pairs, 'better')]
  const concordant = countOf(pairs, 'concordant')
  const done = worse + better + concordant
  const logEvidence = pairedLogEvidence(worse, better)
  const counts = { asked: pairs.length, done, worse, better, concordant, void: countOf(pairs, 'void') }
  return { ...counts, logEvidence, headline: headline({ ...counts, logEvidence }), details: details(pairs) }
}

function countOf(pairs: RetestPair[], state: PairState): number {
  return pairs.filter((pair) => pair.state === state).length
}

function headline(counts: Omit<RetestSummary, 'headline' | 'details'>): string {
  const { asked, done, worse, better, logEvidence } = counts
  if (asked === 0) return 'no unit has been asked to be tested again on the other build'
  if (done === 0) return `none of ${pairsOf(asked)} has been tested again yet`
  return [
    `of ${pairsOf(done)} tested again, in ${worse} only base passed the unit that the new build had failed,`,
    `and in ${better} only the new build the one that base had failed:`,
    `evidence ${size(logEvidence)} of ${enoughEvidence} that the new build fails units that base passes`,
  ].join(' ')
}

function details(pairs: RetestPair[]): string[] {
  const done = pairs.filter((pair) => !isOpen(pair) && pair.state !== 'void')
  const open = pairs.filter(isOpen).flatMap(({ canaryFailed, baseFailed }) => [canaryFailed, baseFailed])
  const toDo = open.filter(({ result }) => result === null).length
  const voided = countOf(pairs, 'void')
  return [
    ...(done.length === 0 ? [] : [failedAgain(done)]),
    ...stationWarning(done.map(({ canaryFailed }) => canaryFailed)),
    ...(toDo === 0 ? [] : [`${toDo} ${toDo === 1 ? 'unit is' : 'units are'} still to be tested`]),
    ...(voided === 0 ? [] : [`${pairsOf(voided)} left out: a unit was tested on another build first`]),
  ]
}

/** The other answer: the units are bad. */
function failedAgain(done: RetestPair[]): string {
  const again = (units: RetestUnit[]) =>
    `${units.filter((unit) => !hasPassed(unit)).length} of ${units.length}`
  const [ofCanary, ofBase] = [
    done.map(({ canaryFailed }) => canaryFailed),
    done.map(({ baseFailed }) => baseFailed),
  ]
  return `base failed ${again(ofCanary)} again that the new build had failed, the new build ${again(ofBase)} that base had failed`
}

/** Crossing over changes the build and the station at once: one station that is too strict looks like a build that is. */
function stationWarning(canaryFailed: RetestUnit[]): string[] {
  const [station, ...others] = new Set(canaryFailed.map(({ failed }) => failed.station))
  if (station === undefined || others.length > 0) return []
  return [`the new build failed all of them on ${station}: that may be the station as well as the build`]
}

function pairsOf(count: number): string {
  return `${count} matched ${count === 1 ? 'pair' : 'pairs'}`
}

/** Rounded down: it never reads as enough before it is. */
function size(logEvidence: number): string {
  const evidence = Math.exp(logEvidence)
  if (evidence > 1_000_000) return 'over 1,000,000'
  if (evidence < 0.1) return 'under 0.1'
  return String(evidence < 10 ? Math.floor(evidence * 10) / 10 : Math.floor(evidence))
}
