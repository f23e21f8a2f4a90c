// What gates say, as a card and a page get it; a test states only what matters to it.
import type { GateVerdict, Verdict } from '../../server/domain/gates/verdict.ts'
import { stationId } from '../../server/domain/ids.ts'
import { noon, uuid } from './fixed-values.ts'

/** The worked example of the statistics: seven bad of sixty, where about one was expected. */
export function aGate(part: Partial<GateVerdict> = {}): GateVerdict {
  const metric = part.metric ?? 'first-pass yield'
  return {
    name: metric,
    metric,
    mode: 'pause',
    acts: true,
    comparison: 'base',
    verdict: 'breach',
    unit: 'first attempts',
    canary: { stations: 1, n: 60, bad: 7, rate: 7 / 60 },
    base: { stations: 9, n: 540, bad: 9, rate: 9 / 540 },
    expectedRate: 0.0183,
    difference: 0.0984,
    differenceLow: 0.004,
    differenceHigh: 0.336,
    toleratedRate: 0.0201,
    mixDifference: null,
    alpha: 0.02,
    logEvidence: Math.log(81),
    logThreshold: Math.log(50),
    probabilityWorse: 0.998,
    probabilityUnacceptable: 0.991,
    probabilitySevere: 0.62,
    countsToVerdict: null,
    suspect: null,
    details: [],
    headline: `${metric} 88.3 % against expected 98.2 %, −9.8 points on 60 first attempts`,
    ...part,
  }
}

/** A gate that has seen little and found nothing. */
export function aQuietGate(metric: GateVerdict['metric'], part: Partial<GateVerdict> = {}): GateVerdict {
  return aGate({
    metric,
    verdict: 'wait',
    unit: 'runs',
    canary: { stations: 1, n: 64, bad: 1, rate: 1 / 64 },
    base: { stations: 9, n: 560, bad: 2, rate: 2 / 560 },
    expectedRate: 0.0036,
    difference: 0.012,
    differenceLow: -0.004,
    differenceHigh: 0.07,
    toleratedRate: 0.004,
    alpha: 0.01,
    logEvidence: Math.log(1.4),
    logThreshold: Math.log(100),
    probabilityWorse: 0.71,
    probabilityUnacceptable: 0.44,
    probabilitySevere: 0.12,
    countsToVerdict: 212,
    headline: `${metric} 1.6 % against expected 0.4 %, +1.2 points on 64 runs`,
    ...part,
  })
}

/** Conditions hold or do not: most numbers are not theirs. */
export function aCondition(metric: GateVerdict['metric'], part: Partial<GateVerdict> = {}): GateVerdict {
  return aGate({
    metric,
    comparison: 'absolute',
    verdict: 'pass',
    unit: 'runs',
    canary: { stations: 1, n: 64, bad: 0, rate: 0 },
    base: { stations: 0, n: 0, bad: 0, rate: null },
    expectedRate: null,
    difference: null,
    differenceLow: null,
    differenceHigh: null,
    toleratedRate: null,
    alpha: 0,
    logEvidence: -1,
    logThreshold: 0,
    probabilityWorse: null,
    probabilityUnacceptable: null,
    probabilitySevere: null,
    headline: `${metric}: none`,
    ...part,
  })
}

export function aVerdict(
  overall: Verdict['overall'],
  gateVerdicts: GateVerdict[],
  part: Partial<Verdict> = {},
): Verdict {
  return {
    at: noon,
    engine: '1',
    overall,
    gates: gateVerdicts,
    watermark: { canary: noon, base: noon },
    drift: {},
    failing: {},
    throughput: null,
    alarmBudget: gateVerdicts.reduce((sum, gate) => sum + gate.alpha, 0),
    ...part,
  }
}

export const healthy = aVerdict('pass', [
  aGate({
    verdict: 'pass',
    canary: { stations: 1, n: 60, bad: 1, rate: 1 / 60 },
    difference: -0.0016,
    differenceLow: -0.02,
    differenceHigh: 0.031,
    logEvidence: Math.log(0.02),
    probabilityWorse: 0.3,
    probabilityUnacceptable: 0.04,
    probabilitySevere: 0.01,
    headline: 'first-pass yield 98.3 % against expected 98.2 %, +0.2 points on 60 first attempts',
  }),
  aQuietGate('error rate', { verdict: 'pass', countsToVerdict: null }),
])

export const breached = aVerdict('breach', [aGate(), ...healthy.gates.slice(1)])

/** The station of a rollout, by its place in the order, that speaks loudest against the build. */
export function aSuspect(index: number, isSuspected: boolean): NonNullable<GateVerdict['suspect']> {
  return {
    stationId: stationId.parse(uuid(3, index)),
    logEvidenceAlone: Math.log(120),
    logEvidenceOfOthers: isSuspected ? Math.log(0.4) : Math.log(30),
    probabilityOthersWorse: isSuspected ? 0.31 : 0.98,
    isSuspected,
  }
}
