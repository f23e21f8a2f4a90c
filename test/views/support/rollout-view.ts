// A valid rollout as pages see it; a test states only what matters to it.
import type { Actor } from '../../../server/domain/actor.ts'
import {
  deploymentId,
  procedureId,
  rolloutId,
  type StationId,
  stationId,
} from '../../../server/domain/ids.ts'
import { hour, minute } from '../../../server/domain/instant.ts'
import type { ArmMetrics, RolloutView, StageView, StationView } from '../../../server/domain/rollout-view.ts'
import type { GateVerdict, Verdict } from '../../../server/domain/verdict.ts'
import { start } from './rollout-charts.ts'

export const ana: Actor = { kind: 'person', id: 'U0ANA', name: 'Ana Lima', door: 'slack' }
export const service: Actor = { kind: 'service', id: 'firstpass', name: 'Firstpass', door: 'service' }

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function station(number: number, known: Partial<StationView> = {}): StationView {
  return {
    id: stationId.parse(uuid(1000 + number)),
    name: `ICT-${String(number).padStart(2, '0')}`,
    site: number % 2 === 0 ? 'Gdańsk' : 'Penang',
    line: `Line ${1 + (number % 3)}`,
    status: 'queued',
    stageIndex: 1,
    since: null,
    trouble: null,
    waived: null,
    canaryUnits: 0,
    canaryPassed: 0,
    pastUnits: 400,
    pastPassed: 392,
    ...known,
  }
}

export function stationIdOf(number: number): StationId {
  return station(number).id
}

export function stage(index: number, label: string, known: Partial<StageView> = {}): StageView {
  return {
    index,
    label,
    stationCount: 1,
    state: 'later',
    startedAt: null,
    soak: { minutes: 1440, firstAttempts: 100, firstAttemptsPerStation: 0 },
    decision: null,
    ...known,
  }
}

export const noCounts: ArmMetrics = {
  stations: 0,
  units: 0,
  passed: 0,
  firstPassYield: null,
  firstPassYieldLow: null,
  firstPassYieldHigh: null,
  runs: 0,
  errors: 0,
  errorRate: null,
  timeouts: 0,
  timeoutRate: null,
  passRuns: 0,
  passSeconds: null,
}

export const canaryCounts: ArmMetrics = {
  stations: 1,
  units: 60,
  passed: 53,
  firstPassYield: 53 / 60,
  firstPassYieldLow: 0.778,
  firstPassYieldHigh: 0.942,
  runs: 68,
  errors: 1,
  errorRate: 1 / 68,
  timeouts: 0,
  timeoutRate: 0,
  passRuns: 59,
  passSeconds: 42.31,
}

export const baseCounts: ArmMetrics = {
  stations: 11,
  units: 540,
  passed: 530,
  firstPassYield: 530 / 540,
  firstPassYieldLow: 0.966,
  firstPassYieldHigh: 0.99,
  runs: 551,
  errors: 2,
  errorRate: 2 / 551,
  timeouts: 1,
  timeoutRate: 1 / 551,
  passRuns: 538,
  passSeconds: 41.9,
}

/** The worked example of the statistics: seven bad of sixty, where about one was expected. */
export function gateVerdict(known: Partial<GateVerdict> = {}): GateVerdict {
  return {
    metric: 'first-pass yield',
    mode: 'pause',
    verdict: 'severe',
    canary: { stations: 1, n: 60, bad: 7, rate: 7 / 60 },
    base: { stations: 11, n: 540, bad: 10, rate: 10 / 540 },
    expectedRate: 0.018,
    difference: 0.098,
    differenceLow: 0.004,
    differenceHigh: 0.336,
    toleratedRate: 0.0198,
    logEvidence: Math.log(81),
    logThreshold: Math.log(50),
    probabilityWorse: 0.998,
    probabilityUnacceptable: 0.991,
    countsToVerdict: null,
    headline: 'first-pass yield 88.3 % where 98.2 % was expected',
    ...known,
  }
}

/** An error gate that has seen little and found nothing. */
export function quietGate(metric: GateVerdict['metric'], known: Partial<GateVerdict> = {}): GateVerdict {
  return gateVerdict({
    metric,
    verdict: 'wait',
    canary: { stations: 1, n: 68, bad: 1, rate: 1 / 68 },
    base: { stations: 11, n: 551, bad: 2, rate: 2 / 551 },
    expectedRate: 0.004,
    difference: 0.0107,
    differenceLow: -0.003,
    differenceHigh: 0.06,
    toleratedRate: 0.0044,
    logEvidence: Math.log(1.4),
    logThreshold: Math.log(100),
    probabilityWorse: 0.71,
    probabilityUnacceptable: 0.44,
    countsToVerdict: 212,
    headline: `${metric} needs about 212 more runs for a verdict`,
    ...known,
  })
}

export function verdict(overall: Verdict['overall'], gates: GateVerdict[]): Verdict {
  const at = start + 30 * hour
  return { at, engine: 'sbb-1', overall, gates, watermark: { canary: at, base: at }, drift: {} }
}

/** Active in the first of three stages, with nothing run yet. */
export function rolloutView(known: Partial<RolloutView> = {}): RolloutView {
  return {
    id: rolloutId.parse(uuid(1)),
    url: `https://firstpass.example/rollouts/${uuid(1)}`,
    procedure: { id: procedureId.parse(uuid(2)), name: 'Main board ICT', channel: 'C0LINE' },
    deployment: {
      id: deploymentId.parse(uuid(3)),
      version: '4.2.0',
      sha: '9f1c2ab77d0e4c5f8a6b',
      branch: 'main',
      message: 'Tighten VCC limits on rail 3\n\nAfter the March returns.',
      author: 'Jonas Weber',
    },
    base: {
      id: deploymentId.parse(uuid(4)),
      version: '4.1.3',
      sha: '55aa01c9e2d34b6f7a80',
      branch: 'main',
      message: 'Log the fixture id',
      author: 'Ana Lima',
    },
    status: 'active',
    pause: null,
    abort: null,
    version: 1,
    preset: 'standard',
    owner: ana,
    reason: null,
    retryOf: null,
    createdAt: start,
    startedAt: start,
    startAt: null,
    endedAt: null,
    stageIndex: 0,
    stages: [
      stage(0, '1 station', { state: 'current', startedAt: start }),
      stage(1, '25 %', { stationCount: 3 }),
      stage(2, 'all stations', { stationCount: 12 }),
    ],
    stations: [
      station(1, { status: 'confirmed', stageIndex: 0, since: start + 4 * minute }),
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => station(number)),
    ],
    canaryArm: { ...noCounts, stations: 1 },
    baseArm: { ...noCounts, stations: 11 },
    otherRuns: 0,
    verdict: null,
    readiness: {
      ready: false,
      items: [
        { kind: 'gates', met: false, text: 'gates have not judged yet', done: 0, needed: 1 },
        { kind: 'samples', met: false, text: '0 of 100 first attempts', done: 0, needed: 100 },
      ],
    },
    waitsFor: ['0 of 100 first attempts'],
    next: 'Advance to 25 % (3 stations)',
    breaches: [],
    lastDecision: { what: 'started', by: ana, at: start, why: null },
    ...known,
  }
}
