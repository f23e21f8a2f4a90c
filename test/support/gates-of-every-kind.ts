// A plan with gates of every kind, on a build that fails on one station and shows a failure that base never has.
import type { GateVerdict } from '../../server/domain/gates/verdict.ts'
import { minute } from '../../server/domain/instant.ts'
import type { RolloutView } from '../../server/domain/rollout-view.ts'
import { firstpass, noon } from './fixed-values.ts'
import { aBreach, aPausedRollout } from './rollout-view-builder.ts'
import { aCondition, aGate, aQuietGate, aSuspect, aVerdict } from './verdict-builder.ts'

const threeStations = {
  canary: { stations: 3, n: 180, bad: 21, rate: 21 / 180 },
  base: { stations: 7, n: 540, bad: 9, rate: 9 / 540 },
}

export const yieldBreach = aGate({
  ...threeStations,
  suspect: aSuspect(1, true),
  mixDifference: 0.0042,
  headline: 'first-pass yield 88.3 % against expected 98.2 %, −9.8 points on 180 first attempts',
})

const yieldRise = aGate({
  ...threeStations,
  metric: 'first-pass yield rise',
  verdict: 'pass',
  toleratedRate: 0.0001,
  logEvidence: Math.log(0.001),
  probabilityUnacceptable: null,
  probabilitySevere: null,
  headline: 'first-pass yield rise 88.3 % against expected 98.2 %, −9.8 points on 180 first attempts',
})

const duration = aQuietGate('duration', {
  verdict: 'pass',
  unit: 'PASS runs',
  canary: { stations: 3, n: 159, bad: 19, rate: 19 / 159 },
  base: { stations: 7, n: 531, bad: 260, rate: 260 / 531 },
  expectedRate: 0.497,
  toleratedRate: 0.497,
  difference: 19 / 159 - 0.497,
  differenceLow: -0.45,
  differenceHigh: -0.28,
  logEvidence: Math.log(0.0004),
  probabilityWorse: 0.0002,
  countsToVerdict: null,
  headline:
    'duration, runs 10 % over their station\u2019s usual time 11.9 % against expected 49.7 %, −37.8 points on 159 PASS runs',
})

const coverage = aQuietGate('measurement coverage', {
  mode: 'observe',
  unit: 'PASS runs',
  headline: 'measurement coverage, runs that measure less than usual 1.6 % against expected 0.4 %',
})

const vccDrift = aQuietGate('custom', {
  name: 'VCC drift on rail 3',
  verdict: 'grey',
  unit: 'runs that report it',
  comparison: 'own past',
  headline:
    'VCC drift on rail 3, runs 5 % over their station\u2019s usual vcc_mv 61.0 % against expected 50.0 %',
})

const availability = aQuietGate('custom', {
  name: 'flash succeeds',
  mode: 'roll back',
  comparison: 'absolute',
  verdict: 'pass',
  unit: 'runs that report it',
  base: { stations: 0, n: 0, bad: 0, rate: null },
  expectedRate: 0.01,
  toleratedRate: 0.02,
  difference: 1 / 64 - 0.01,
  differenceLow: -0.009,
  differenceHigh: 0.06,
  countsToVerdict: null,
  headline:
    'flash succeeds: 1.6 % bad on 64 runs that report it, 1.6 times what 99.00 % allows (limit 2 times)',
})

const errorBudget = aQuietGate('error budget', {
  ...threeStations,
  expectedRate: 0.0183,
  toleratedRate: 0.157,
  difference: 0.0984,
  unit: 'first attempts',
  headline:
    'error budget: 18 of 25 extra failures spent, about 36 by the end of a next stage as long as this one',
})

const conditions = [
  aCondition('telemetry', {
    name: 'fixture temperature',
    comparison: 'base',
    verdict: 'wait',
    unit: 'stations',
    canary: { stations: 3, n: 3, bad: 1, rate: 1 / 3 },
    base: { stations: 7, n: 7, bad: 0, rate: 0 },
    details: [`FCT-02 fails it since ${new Date(noon - 3 * minute).toISOString()}`],
    headline: 'fixture temperature: 1 of 3 canary stations fail temperature_c < 45, for less than 5 min',
  }),
  aCondition('new failure mode', {
    mode: 'observe',
    verdict: 'breach',
    unit: 'failed runs',
    canary: { stations: 0, n: 21, bad: 7, rate: 7 / 21 },
    base: { stations: 0, n: 9, bad: 0, rate: 0 },
    logEvidence: 7,
    details: [
      'VCC rail 3 low: 4 runs of 3 units, never on base',
      'flash verify timeout: 3 runs of 3 units, never on base',
    ],
    headline: 'new failure mode: 2 that base has never shown',
  }),
  aCondition('reference samples', { headline: 'reference samples: none tested yet' }),
  aCondition('mixed builds'),
  aCondition('sample ratio', {
    acts: false,
    headline: 'sample ratio: 180 units on canary and 540 on base, expected 25 % on canary',
  }),
]

export const everyKind: GateVerdict[] = [
  taking(0.015, yieldBreach),
  taking(0.005, yieldRise),
  taking(0.006, aQuietGate('error rate')),
  taking(0.006, aQuietGate('timeout rate', { mode: 'observe' })),
  taking(0.006, duration),
  taking(0.003, coverage),
  taking(0.004, vccDrift),
  taking(0.003, availability),
  taking(0.002, errorBudget),
  ...conditions,
]

/** That part of the alarm budget, and the threshold that follows from it. */
function taking(alpha: number, gate: GateVerdict): GateVerdict {
  return { ...gate, alpha, logThreshold: Math.log(1 / alpha) }
}

/** Paused by its yield, with a station suspected before the build. */
export function aRolloutOfEveryKind(part: Partial<RolloutView> = {}): RolloutView {
  const { suspect, headline } = yieldBreach
  return aPausedRollout({
    pause: { reason: 'breach', why: headline, by: firstpass, at: noon },
    verdict: aVerdict('breach', everyKind),
    breaches: [
      aBreach({
        headline,
        suspect: suspect && { stationId: suspect.stationId, isSuspected: suspect.isSuspected },
      }),
      aBreach({
        gate: 'new failure mode',
        mode: 'observe',
        headline: 'new failure mode: 2 that base has never shown',
        details: conditions[1]?.details ?? [],
      }),
    ],
    ...part,
  })
}

/** Canary stations are hardly heard: no counted gate says anything. */
export function aBlindRollout(part: Partial<RolloutView> = {}): RolloutView {
  const throughput = { runs: 12, share: 0.08, pastShare: 0.21, isBlind: true }
  const gates = everyKind.map((gate) =>
    gate.alpha > 0
      ? { ...gate, verdict: 'blind' as const, suspect: null }
      : { ...gate, verdict: 'pass' as const, details: [] },
  )
  return aPausedRollout({
    pause: {
      reason: 'blind',
      why: 'canary stations report 8 % of the runs, 21 % is usual',
      by: firstpass,
      at: noon,
    },
    verdict: aVerdict('blind', gates, { throughput }),
    breaches: [],
    waitsFor: [],
    next: 'It resumes by itself when their runs arrive again.',
    ...part,
  })
}
