import { barnardExact } from './barnard-exact.ts'
import { betaProbabilityGreater } from './beta-probability-greater.ts'
import { boschlooExact } from './boschloo-exact.ts'
import { confidenceSequenceLower } from './confidence-sequence.ts'
import { directStandardisation } from './direct-standardisation.ts'
import { estimateDriftNoise } from './estimate-drift-noise.ts'
import { evaluateReferenceRollout, evaluateReferenceTrajectory } from './evaluate-reference-rollout.ts'
import { exceedance } from './exceedance.ts'
import { fisherExact } from './fisher-exact.ts'
import { hodgesLehmann } from './hodges-lehmann.ts'
import { logBetaBinomial } from './log-beta-binomial.ts'
import { mannWhitney } from './mann-whitney.ts'
import { mantelHaenszel } from './mantel-haenszel.ts'
import { miettinenNurminenInterval } from './miettinen-nurminen-interval.ts'
import { mixIndex } from './mix-index.ts'
import { newcombeInterval } from './newcombe-interval.ts'
import { normalCdf } from './normal-cdf.ts'
import { normalQuantile } from './normal-quantile.ts'
import { oneSampleLogEvidence } from './one-sample-evidence.ts'
import * as read from './reference-input.ts'
import { informationPerRun, runsToDecision } from './runs-to-decision.ts'
import { sampleRatioCheck } from './sample-ratio-check.ts'
import type { TwoCounts } from './two-counts.ts'
import { type Interval, wilsonInterval } from './wilson-interval.ts'

/** One case of the reference format, as it stands in the file. */
export type ReferenceCase = {
  readonly id: string
  readonly kind: string
  readonly input: read.ReferenceInput
}

/** The result under the names of the reference format. */
export type ReferenceResult = Readonly<Record<string, unknown>>

/**
 * Runs one case of the reference format through this library, so that anyone can compare it with
 * another one: counts in, numbers out, under the reference's own names.
 *
 * @throws UnreadableCase when the kind is unknown or a field of the input is not what it should be
 *
 * @example { kind: 'normalCdf', input: { z: -1 } } // { p: 0.15866 }
 */
export function evaluateReferenceCase({ id, kind, input }: ReferenceCase): ReferenceResult {
  const evaluate = EVALUATORS.get(kind)
  if (!evaluate) {
    throw new read.UnreadableCase(
      `${id}: unknown kind ${kind}, expected one of ${REFERENCE_KINDS.join(', ')}`,
    )
  }
  return evaluate(input)
}

type Evaluate = (input: read.ReferenceInput) => ReferenceResult

const EVALUATORS: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['sbb', evaluateReferenceRollout],
  ['sbbTrajectory', evaluateReferenceTrajectory],
  [
    'asympCsOneSided',
    (input) => {
      const limit = confidenceSequenceLower(twoCounts(input), {
        alpha: read.readNumber(input, 'alpha'),
        tunedFor: read.readNumber(input, 'nStar'),
      })
      return { rho: limit.tuning, halfwidth: limit.halfWidth, lower: limit.lower }
    },
  ],
  ['barnardGreater', (input) => ({ p: barnardExact(twoCounts(input)) })],
  [
    'betaProbGreater',
    (input) => ({
      p: betaProbabilityGreater(
        { failures: read.readNumber(input, 'a1'), passes: read.readNumber(input, 'b1') },
        { failures: read.readNumber(input, 'a2'), passes: read.readNumber(input, 'b2') },
      ),
    }),
  ],
  ['boschlooGreater', (input) => ({ p: boschlooExact(twoCounts(input)) })],
  [
    'directStandardize',
    (input) => {
      const base = read.readCountsByName(input, 'baseCells')
      const counts = directStandardisation(base, read.readNumbersByName(input, 'canaryCounts'))
      return { f: counts.bad, n: counts.runs }
    },
  ],
  [
    'exceedance',
    (input) => {
      const result = exceedance(
        read.readNumbers(input, 'pre'),
        read.readNumbers(input, 'post'),
        read.readNumber(input, 'tolRel'),
        read.readChoice(input, 'direction', ['increase', 'decrease']),
      )
      if (!result) return {}
      const { threshold, past, since } = result
      return { threshold, n0: past.runs, f0: past.bad, n1: since.runs, f1: since.bad }
    },
  ],
  [
    'fisherExact',
    (input) => ({ p: fisherExact(read.readTable(input, 'table'), read.readAlternative(input)) }),
  ],
  [
    'hodgesLehmann',
    (input) => {
      const shift = hodgesLehmann(
        read.readNumbers(input, 'x'),
        read.readNumbers(input, 'y'),
        read.readNumber(input, 'conf', 0.95),
      )
      return shift ? { estimate: shift.estimate, ...limits(shift) } : {}
    },
  ],
  [
    'logBetaBinomialKernel',
    (input) => ({
      value: logBetaBinomial(
        read.readNumber(input, 'f'),
        read.readNumber(input, 'n'),
        read.readNumber(input, 'a'),
        read.readNumber(input, 'b'),
      ),
    }),
  ],
  [
    'mannWhitney',
    (input) => {
      const { pairsWon, p } = mannWhitney(read.readNumbers(input, 'x'), read.readNumbers(input, 'y'), {
        alternative: read.readAlternative(input),
        method: read.readChoice(input, 'method', ['exact', 'asymptotic']),
        continuity: input.continuity !== false,
      })
      return { U: pairsWon, p }
    },
  ],
  [
    'mantelHaenszel',
    (input) => {
      const tables = read.readList(input, 'tables').map((table) => read.readTable({ table }, 'table'))
      const ratio = mantelHaenszel(tables, read.readNumber(input, 'conf'))
      return ratio ? { oddsRatio: ratio.oddsRatio, ...limits(ratio) } : {}
    },
  ],
  [
    'miettinenNurminenDiff',
    (input) => limits(miettinenNurminenInterval(twoCounts(input), read.readNumber(input, 'conf'))),
  ],
  [
    'mixIndex',
    (input) => ({
      logOdds: mixIndex(
        read.readCountsByName(input, 'fleetCells'),
        read.readNumbersByName(input, 'pre'),
        read.readNumbersByName(input, 'post'),
        read.readNumber(input, 'kappa', 50),
      ),
    }),
  ],
  ['newcombeDiff', (input) => limits(newcombeInterval(twoCounts(input), read.readNumber(input, 'conf')))],
  ['normalCdf', (input) => ({ p: normalCdf(read.readNumber(input, 'z')) })],
  ['normalQuantile', (input) => ({ z: normalQuantile(read.readNumber(input, 'p')) })],
  [
    'oneSampleLogE',
    (input) => ({
      logE: oneSampleLogEvidence(
        read.readNumber(input, 'f'),
        read.readNumber(input, 'n'),
        read.readNumber(input, 'p0'),
      ),
    }),
  ],
  [
    'runsToDecision',
    (input) => {
      const toleratedRate = read.readNumber(input, 'p0')
      const assumedRate = read.readNumber(input, 'p1')
      const alpha = read.readNumber(input, 'alpha')
      return {
        kl: informationPerRun(assumedRate, toleratedRate),
        runs: runsToDecision({ toleratedRate, assumedRate, alpha }),
      }
    },
  ],
  [
    'sigEta',
    (input) => ({
      sigEta: estimateDriftNoise(
        read.readList(input, 'chunks').map((station) => read.readCounts({ station }, 'station')),
        { floor: read.readNumber(input, 'floor', 0.15), cap: read.readNumber(input, 'cap', 0.6) },
      ),
    }),
  ],
  [
    'srm',
    (input) => {
      const check = sampleRatioCheck(read.readNumbers(input, 'observed'), read.readNumbers(input, 'weights'))
      return { chi2: check.chiSquared, p: check.p }
    },
  ],
  [
    'wilson',
    (input) =>
      limits(
        wilsonInterval(
          read.readNumber(input, 'x'),
          read.readNumber(input, 'n'),
          read.readNumber(input, 'conf'),
        ),
      ),
  ],
])

/** Every kind of case that can be evaluated. */
export const REFERENCE_KINDS: readonly string[] = [...EVALUATORS.keys()]

function twoCounts(input: read.ReferenceInput): TwoCounts {
  return {
    bad1: read.readNumber(input, 'x1'),
    runs1: read.readNumber(input, 'n1'),
    bad2: read.readNumber(input, 'x2'),
    runs2: read.readNumber(input, 'n2'),
  }
}

function limits({ lower, upper }: Interval): { lo: number; hi: number } {
  return { lo: lower, hi: upper }
}
