// A valid rollout in its second stage; a test states only what matters to it.
import type { Actor } from '../../../server/domain/actor.ts'
import { deploymentId, procedureId, rolloutId, stationId } from '../../../server/domain/ids.ts'
import type {
  ArmMetrics,
  DeploymentSummary,
  RolloutView,
  StageView,
  StationView,
} from '../../../server/domain/rollout-view.ts'
import type { GateVerdict, Verdict } from '../../../server/domain/verdict.ts'

export const noon = Date.UTC(2026, 10, 20, 12)
export const minute = 60_000
export const ines: Actor = { kind: 'person', id: 'U0TESTENG1', name: 'Ines Duarte', door: 'slack' }
export const marek: Actor = { kind: 'person', id: 'U0PROCESS1', name: 'Marek Nowak', door: 'slack' }
export const gates: Actor = { kind: 'service', id: 'firstpass', name: 'Firstpass', door: 'service' }

/** Different numbers, different ids; the same number, the same id. */
export function uuid(kind: number, number: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function aDeployment(part: Partial<DeploymentSummary> = {}): DeploymentSummary {
  return {
    id: deploymentId.parse(uuid(2, 1)),
    version: '2.4.1',
    sha: '9f3c2ab41d7e55aa0b1c9f3c2ab41d7e55aa0b1c',
    branch: 'main',
    message: 'Tighten VCC limits\n\nThe old ones let weak regulators through.',
    author: 'Ines Duarte',
    ...part,
  }
}

export const baseBuild = aDeployment({
  id: deploymentId.parse(uuid(2, 2)),
  version: '2.4.0',
  sha: '1111111aaaaaaa',
  message: 'Release 2.4.0',
})

export function anArm(part: Partial<ArmMetrics> = {}): ArmMetrics {
  return {
    stations: 1,
    units: 60,
    passed: 53,
    firstPassYield: 53 / 60,
    firstPassYieldLow: 0.778,
    firstPassYieldHigh: 0.942,
    runs: 64,
    errors: 1,
    errorRate: 1 / 64,
    timeouts: 0,
    timeoutRate: 0,
    passRuns: 57,
    passSeconds: 41.2,
    ...part,
  }
}

export const baseArm = anArm({
  stations: 9,
  units: 540,
  passed: 531,
  firstPassYield: 531 / 540,
  runs: 560,
  errors: 2,
  errorRate: 2 / 560,
  timeouts: 1,
  timeoutRate: 1 / 560,
  passRuns: 540,
  passSeconds: 40,
})

export function aGate(part: Partial<GateVerdict> = {}): GateVerdict {
  return {
    metric: 'first-pass yield',
    mode: 'pause',
    verdict: 'breach',
    canary: { stations: 1, n: 60, bad: 7, rate: 7 / 60 },
    base: { stations: 9, n: 540, bad: 9, rate: 9 / 540 },
    expectedRate: 0.0183,
    difference: 0.0984,
    differenceLow: 0.004,
    differenceHigh: 0.336,
    toleratedRate: 0.0201,
    logEvidence: 4.2,
    logThreshold: 3.9,
    probabilityWorse: 0.99,
    probabilityUnacceptable: 0.98,
    countsToVerdict: null,
    headline: '7 of 60 units failed where 1.1 were expected',
    ...part,
  }
}

export function aVerdict(overall: Verdict['overall'], gateVerdicts: GateVerdict[]): Verdict {
  return {
    at: noon,
    engine: '1',
    overall,
    gates: gateVerdicts,
    watermark: { canary: noon, base: noon },
    drift: {},
  }
}

export const healthy = aVerdict('pass', [
  aGate({
    verdict: 'pass',
    canary: { stations: 1, n: 60, bad: 1, rate: 1 / 60 },
    difference: -0.0016,
    differenceLow: -0.02,
    differenceHigh: 0.031,
    headline: 'no sign of harm in 60 units',
  }),
  aGate({
    metric: 'error rate',
    verdict: 'pass',
    canary: { stations: 1, n: 64, bad: 1, rate: 1 / 64 },
    base: { stations: 9, n: 560, bad: 2, rate: 2 / 560 },
    expectedRate: 0.0036,
    difference: 0.012,
    differenceLow: -0.004,
    differenceHigh: 0.07,
    headline: 'one error, one expected',
  }),
])

export const breached = aVerdict('breach', [aGate(), ...healthy.gates.slice(1)])

export function aStation(index: number, part: Partial<StationView> = {}): StationView {
  return {
    id: stationId.parse(uuid(3, index)),
    name: `FCT-${String(index + 1).padStart(2, '0')}`,
    site: 'Munich',
    line: `Line ${(index % 3) + 1}`,
    status: index < 3 ? 'confirmed' : 'queued',
    stageIndex: index === 0 ? 0 : index < 3 ? 1 : index < 5 ? 2 : 3,
    since: index < 3 ? noon : null,
    trouble: null,
    waived: null,
    canaryUnits: index < 3 ? 20 : 0,
    canaryPassed: index < 3 ? 18 : 0,
    pastUnits: 200,
    pastPassed: 196,
    ...part,
  }
}

export function aStage(index: number, part: Partial<StageView> = {}): StageView {
  return {
    index,
    label: ['1 station', '25 %', '50 %', 'all stations'][index] ?? `${index}`,
    stationCount: [1, 3, 5, 10][index] ?? 10,
    state: index < 1 ? 'done' : index === 1 ? 'current' : 'later',
    startedAt: index <= 1 ? noon - (2 - index) * 60 * minute : null,
    soak: { minutes: 60, firstAttempts: 100, firstAttemptsPerStation: 0 },
    decision:
      index < 1
        ? { what: 'advanced to stage 2', by: ines, at: noon - 60 * minute, why: 'clean on FCT-01' }
        : null,
    ...part,
  }
}

export const notReady: RolloutView['readiness'] = {
  ready: false,
  items: [
    { kind: 'stations', met: true, text: '3 of 3 stations confirmed on the new build', done: 3, needed: 3 },
    { kind: 'samples', met: false, text: '60 of 100 first attempts', done: 60, needed: 100 },
    { kind: 'soak', met: false, text: 'soaked 12 of 60 min', done: 12, needed: 60 },
  ],
}

export const ready: RolloutView['readiness'] = {
  ready: true,
  items: notReady.items.map((item) => ({ ...item, met: true })),
}

export function aRollout(part: Partial<RolloutView> = {}): RolloutView {
  const id = part.id ?? rolloutId.parse(uuid(1, 1))
  return {
    id,
    url: `https://firstpass.example.com/rollouts/${id}`,
    procedure: { id: procedureId.parse(uuid(4, 1)), name: 'PCBA-FCT', channel: 'C0ROLLOUTS' },
    deployment: aDeployment(),
    base: baseBuild,
    status: 'active',
    pause: null,
    abort: null,
    version: 7,
    preset: 'standard',
    owner: ines,
    reason: 'tightened VCC',
    retryOf: null,
    createdAt: noon - 180 * minute,
    startedAt: noon - 120 * minute,
    startAt: null,
    endedAt: null,
    stageIndex: 1,
    stages: [0, 1, 2, 3].map((index) => aStage(index)),
    stations: Array.from({ length: 10 }, (_, index) => aStation(index)),
    canaryArm: anArm(),
    baseArm,
    otherRuns: 0,
    verdict: healthy,
    readiness: notReady,
    waitsFor: ['60 of 100 first attempts', 'soaked 12 of 60 min'],
    next: 'At 100 first attempts and 60 minutes it can be advanced to 50 %.',
    breaches: [],
    lastDecision: { what: 'advanced to stage 2', by: ines, at: noon - 60 * minute, why: 'clean on FCT-01' },
    ...part,
  }
}

export function aPausedRollout(part: Partial<RolloutView> = {}): RolloutView {
  return aRollout({
    status: 'paused',
    pause: {
      reason: 'breach',
      why: 'first-pass yield breached: 7 of 60 units failed where 1.1 were expected',
      by: gates,
      at: noon,
    },
    verdict: breached,
    breaches: [
      {
        metric: 'first-pass yield',
        severity: 'breach',
        openedAt: noon,
        headline: '7 of 60 units failed where 1.1 were expected',
        acknowledged: null,
        closed: null,
      },
    ],
    waitsFor: ['first-pass yield breached: acknowledge with a reason, or abort'],
    next: 'Nothing is taken further until somebody decides.',
    ...part,
  })
}
