// A valid rollout as people see it, in its second stage; a test states only what matters to it.
import type { ChangesView, ChangeView } from '../../server/domain/definition/changes-view.ts'
import { deploymentId, procedureId, rolloutId, stationId } from '../../server/domain/ids.ts'
import { minute } from '../../server/domain/instant.ts'
import type {
  ArmMetrics,
  BreachView,
  DeploymentSummary,
  RolloutView,
  StageView,
  StationView,
} from '../../server/domain/rollout-view.ts'
import { firstpass, ines, noon, uuid } from './fixed-values.ts'
import { breached, healthy } from './verdict-builder.ts'

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
  firstPassYieldLow: 0.966,
  firstPassYieldHigh: 0.99,
  runs: 560,
  errors: 2,
  errorRate: 2 / 560,
  timeouts: 1,
  timeoutRate: 1 / 560,
  passRuns: 540,
  passSeconds: 40,
})

/** An arm in which nothing has run. */
export function anIdleArm(stations: number): ArmMetrics {
  return {
    stations,
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
}

/** The first is the first stage's, the next two the second's, and so on. */
export function aStation(index: number, part: Partial<StationView> = {}): StationView {
  return {
    id: stationId.parse(uuid(3, index)),
    name: `FCT-${String(index + 1).padStart(2, '0')}`,
    site: 'Munich',
    line: `Line ${(index % 3) + 1}`,
    status: index < 3 ? 'confirmed' : 'queued',
    stageIndex: index === 0 ? 0 : index < 3 ? 1 : index < 5 ? 2 : 3,
    since: index < 3 ? noon : null,
    leftBecause: null,
    connection: { state: 'connected', heardAt: noon, isClosed: false, busy: false },
    clockAheadMs: null,
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
    soak: { minutes: 60, firstAttempts: 100, firstAttemptsPerStation: 0, shifts: 0 },
    approvedBy: [],
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

export function aChange(part: Partial<ChangeView> = {}): ChangeView {
  return {
    id: '0123456789abcdef',
    kind: 'limits',
    against: 'base',
    phase: 'power_rails',
    measurement: 'rail_3v3',
    direction: 'loosened',
    old: '3.2 … 3.4 V',
    now: '3.1 … 3.4 V',
    words: 'power_rails / rail_3v3 lower 3.2 → 3.1 V',
    products: [],
    status: 'undeclared',
    accepted: null,
    holds: true,
    isSeen: true,
    ...part,
  }
}

export function changesOf(...list: ChangeView[]): ChangesView {
  return {
    total: list.length,
    undeclared: list.filter(({ status }) => status === 'undeclared').length,
    holding: list.filter(({ holds }) => holds).length,
    list,
  }
}

export function aBreach(part: Partial<BreachView> = {}): BreachView {
  return {
    gate: 'first-pass yield',
    mode: 'pause',
    severity: 'breach',
    openedAt: noon,
    headline: 'first-pass yield 88.3 % against expected 98.2 %, −9.8 points on 60 first attempts',
    details: [],
    suspect: null,
    acknowledged: null,
    closed: null,
    ...part,
  }
}

export function aRollout(part: Partial<RolloutView> = {}): RolloutView {
  const id = part.id ?? rolloutId.parse(uuid(1, 1))
  return {
    id,
    url: `https://firstpass.example.com/rollouts/${id}`,
    procedure: {
      id: procedureId.parse(uuid(4, 1)),
      name: 'PCBA-FCT',
      channel: 'C0ROLLOUTS',
      team: null,
      attemptRule: 'ever',
    },
    deployment: aDeployment(),
    base: baseBuild,
    status: 'active',
    pause: null,
    abort: null,
    version: 7,
    preset: 'standard',
    owner: ines,
    reason: 'tightened VCC',
    expectation: null,
    expectedYieldChange: 0,
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
    forecasts: [{ kind: 'soak', at: noon + 48 * minute }],
    approvals: { needed: 0, given: [], asked: null, fourEyes: false, approvers: null },
    economics: null,
    failures: null,
    alerts: { channel: null, onCall: null, second: null, escalateAfterMinutes: 30 },
    waitsFor: ['60 of 100 first attempts', 'soaked 12 of 60 min'],
    next: 'At 100 first attempts and 60 minutes it can be advanced to 50 %.',
    breaches: [],
    watchUntil: null,
    alarms: [],
    changes: null,
    retests: null,
    reverting: null,
    stationAlarms: [],
    shadow: null,
    unattributed: { runs: 0, canaryRuns: 0, matters: false, stations: [] },
    lastDecision: { what: 'advanced to stage 2', by: ines, at: noon - 60 * minute, why: 'clean on FCT-01' },
    ...part,
  }
}

export function aPausedRollout(part: Partial<RolloutView> = {}): RolloutView {
  const breach = aBreach()
  return aRollout({
    status: 'paused',
    pause: { reason: 'breach', why: breach.headline, by: firstpass, at: noon },
    verdict: breached,
    breaches: [breach],
    waitsFor: ['first-pass yield breached: acknowledge with a reason, or abort'],
    next: 'Nothing is taken further until somebody decides.',
    ...part,
  })
}
