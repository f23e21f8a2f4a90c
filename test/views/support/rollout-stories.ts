// Whole rollouts in each status, as they would look on a real line.
import { deploymentId } from '../../../server/domain/ids.ts'
import { hour, minute } from '../../../server/domain/instant.ts'
import type { RolloutView, StationView } from '../../../server/domain/rollout-view.ts'
import { start } from './rollout-charts.ts'
import {
  ana,
  baseCounts,
  canaryCounts,
  gateVerdict,
  quietGate,
  rolloutView,
  service,
  stage,
  station,
  uuid,
  verdict,
} from './rollout-view.ts'

const bo: RolloutView['owner'] = { kind: 'person', id: 'U0BO', name: 'Bo Nilsson', door: 'slack' }
const breachAt = start + 28 * hour
const headline = 'first-pass yield 88.3 % where 98.2 % was expected, evidence 81 of 50'

export const pending = rolloutView({
  status: 'pending',
  stageIndex: -1,
  startedAt: null,
  startAt: start + 16 * hour,
  stages: [stage(0, '1 station'), stage(1, '25 %'), stage(2, 'all stations')],
  stations: [1, 2, 3, 4].map((number) => station(number)),
  waitsFor: ['1 of 2 start approvals'],
  next: 'Starts on 1 station',
  lastDecision: { what: 'created', by: ana, at: start, why: 'limits from the March returns' },
})

export const pausedByBreach = rolloutView({
  status: 'paused',
  pause: { reason: 'breach', why: headline, by: service, at: breachAt },
  reason: 'limits from the March returns',
  version: 3,
  stations: [
    station(1, {
      status: 'confirmed',
      stageIndex: 0,
      since: start + 4 * minute,
      canaryUnits: 60,
      canaryPassed: 53,
    }),
    station(2, {
      trouble: { kind: 'stale', since: start + 20 * hour, detail: 'no run for 8 h, usually every 4 min' },
    }),
    ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((number) => station(number)),
    station(12, { pastUnits: 0, pastPassed: 0 }),
  ],
  canaryArm: canaryCounts,
  baseArm: baseCounts,
  otherRuns: 12,
  verdict: verdict('severe', [
    gateVerdict(),
    quietGate('error rate'),
    quietGate('timeout rate', { mode: 'observe' }),
  ]),
  readiness: {
    ready: false,
    items: [
      {
        kind: 'breach',
        met: false,
        text: 'first-pass yield breached: acknowledge with a reason, or abort',
        done: 0,
        needed: 1,
      },
      { kind: 'stations', met: true, text: '1 of 1 station confirmed on the new build', done: 1, needed: 1 },
      { kind: 'samples', met: false, text: '60 of 100 first attempts', done: 60, needed: 100 },
      { kind: 'soak', met: true, text: 'soaked 1440 of 1440 min', done: 1440, needed: 1440 },
    ],
  },
  waitsFor: ['a person: acknowledge the first-pass yield breach with a reason, or abort'],
  next: 'Abort takes ICT-01 back to 4.1.3; acknowledging lets stage 1 go on',
  breaches: [
    {
      metric: 'error rate',
      severity: 'breach',
      openedAt: start + 5 * hour,
      headline: 'error rate 4.1 % where 0.4 % was expected',
      acknowledged: { by: bo, at: start + 6 * hour, why: 'fixture cable, replaced' },
      closed: { at: start + 6 * hour, how: 'acknowledged' },
    },
    {
      metric: 'first-pass yield',
      severity: 'severe',
      openedAt: breachAt,
      headline,
      acknowledged: null,
      closed: null,
    },
  ],
  lastDecision: { what: 'paused', by: service, at: breachAt, why: headline },
})

const fleet: StationView[] = Array.from({ length: 24 }, (_, index) => {
  const taken = index < 6
  const canaryUnits = taken ? 40 + index * 7 : 0
  return station(index + 1, {
    status: index === 5 ? 'pulled' : taken ? 'confirmed' : 'queued',
    stageIndex: index === 0 ? 0 : index < 6 ? 1 : index < 12 ? 2 : 3,
    since: taken ? start + (index === 0 ? 0 : 26) * hour : null,
    canaryUnits,
    canaryPassed: canaryUnits - (index % 2),
    waived: index === 5 ? { by: bo, at: start + 29 * hour, why: 'line 3 is down until Thursday' } : null,
  })
})

export const healthy = rolloutView({
  version: 4,
  stageIndex: 1,
  stages: [
    stage(0, '1 station', {
      state: 'done',
      startedAt: start,
      decision: { what: 'advanced', by: ana, at: start + 25 * hour, why: 'gates pass' },
    }),
    stage(1, '25 %', { state: 'current', stationCount: 6, startedAt: start + 25 * hour }),
    stage(2, '50 %', {
      stationCount: 12,
      soak: { minutes: 1440, firstAttempts: 500, firstAttemptsPerStation: 10 },
    }),
    stage(3, 'all stations', {
      stationCount: 24,
      soak: { minutes: 0, firstAttempts: 0, firstAttemptsPerStation: 0 },
    }),
  ],
  stations: fleet,
  canaryArm: {
    ...canaryCounts,
    stations: 6,
    units: 345,
    passed: 342,
    firstPassYield: 342 / 345,
    firstPassYieldLow: 0.975,
    firstPassYieldHigh: 0.997,
  },
  baseArm: { ...baseCounts, stations: 18 },
  verdict: verdict('pass', [
    gateVerdict({
      verdict: 'pass',
      canary: { stations: 6, n: 345, bad: 3, rate: 3 / 345 },
      expectedRate: 0.0182,
      difference: -0.0095,
      differenceLow: -0.021,
      differenceHigh: 0.013,
      logEvidence: Math.log(0.02),
      probabilityWorse: 0.08,
      probabilityUnacceptable: 0.0004,
      countsToVerdict: null,
      headline: 'first-pass yield is healthy so far',
    }),
    quietGate('error rate', {
      verdict: 'pass',
      countsToVerdict: null,
      headline: 'error rate is healthy so far',
    }),
    quietGate('timeout rate'),
  ]),
  waitsFor: ['soaked 290 of 1440 min', 'open window: Penang from 06:00'],
  next: 'Advance to 50 % (12 stations)',
  lastDecision: { what: 'advanced to 25 %', by: ana, at: start + 25 * hour, why: 'gates pass' },
})

export const aborting = rolloutView({
  ...pausedByBreach,
  status: 'aborting',
  pause: null,
  abort: { why: 'rail 3 limits are wrong', by: ana, at: breachAt + 20 * minute },
  stations: [station(1, { status: 'reverting', stageIndex: 0, since: breachAt + 20 * minute }), station(2)],
  waitsFor: ['1 station still to be confirmed back on 4.1.3'],
  next: 'Ends when ICT-01 has run 4.1.3',
  lastDecision: { what: 'aborted', by: ana, at: breachAt + 20 * minute, why: 'rail 3 limits are wrong' },
})

export const aborted = rolloutView({
  ...aborting,
  status: 'aborted',
  endedAt: breachAt + 34 * minute,
  retryOf: rolloutView().id,
  base: { ...rolloutView().base, id: deploymentId.parse(uuid(9)) },
  stages: [
    stage(0, '1 station', {
      state: 'done',
      startedAt: start,
      decision: { what: 'aborted', by: ana, at: breachAt + 20 * minute, why: 'rail 3 limits are wrong' },
    }),
    stage(1, '25 %', { state: 'skipped', stationCount: 3 }),
    stage(2, 'all stations', { state: 'skipped', stationCount: 12 }),
  ],
  stations: [station(1, { status: 'reverted', stageIndex: 0, since: breachAt + 34 * minute }), station(2)],
  waitsFor: [],
  next: 'Nothing: retry starts a new rollout',
})

export const completed = rolloutView({
  ...healthy,
  status: 'completed',
  endedAt: start + 90 * hour,
  stageIndex: 3,
  stages: healthy.stages.map((each) => ({ ...each, state: 'done' as const })),
  waitsFor: [],
  next: 'Each station is compared with its own past for 24 h',
})

export const stories = {
  pending,
  active: rolloutView(),
  healthy,
  pausedByBreach,
  aborting,
  aborted,
  completed,
}
