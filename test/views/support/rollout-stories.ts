// Whole rollouts in each status, as they would look on a real line.
import { deploymentId } from '../../../server/domain/ids.ts'
import { hour, minute } from '../../../server/domain/instant.ts'
import type { RolloutView, StationView } from '../../../server/domain/rollout-view.ts'
import { firstpass, ines, marek, uuid } from '../../support/fixed-values.ts'
import {
  aBreach,
  anArm,
  anIdleArm,
  aRollout,
  aStage,
  aStation,
  baseArm,
} from '../../support/rollout-view-builder.ts'
import { aGate, aQuietGate, aVerdict } from '../../support/verdict-builder.ts'
import { start } from './rollout-charts.ts'

const breachAt = start + 28 * hour
const judgedAt = { at: start + 30 * hour }
const headline = 'first-pass yield 88.3 % against expected 98.2 %, −9.8 points on 60 first attempts'
const soak = { minutes: 1440, firstAttempts: 100, firstAttemptsPerStation: 0, shifts: 0 }

/** One of twelve stations, which are at two sites. */
function station(number: number, part: Partial<StationView> = {}): StationView {
  return aStation(number - 1, {
    site: number % 2 === 0 ? 'Gdańsk' : 'Penang',
    status: 'queued',
    stageIndex: 1,
    since: null,
    canaryUnits: 0,
    canaryPassed: 0,
    pastUnits: 400,
    pastPassed: 392,
    ...part,
  })
}

const firstStation = station(1, { status: 'confirmed', stageIndex: 0, since: start + 4 * minute })
const stages = [
  aStage(0, { state: 'current', startedAt: start, soak, decision: null }),
  aStage(1, { state: 'later', startedAt: null, soak }),
  aStage(2, { label: 'all stations', stationCount: 12, soak }),
]

/** Active in the first of three stages, with nothing run yet. */
export const active = aRollout({
  createdAt: start,
  startedAt: start,
  stageIndex: 0,
  stages,
  stations: [firstStation, ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((number) => station(number))],
  canaryArm: anIdleArm(1),
  baseArm: anIdleArm(11),
  verdict: null,
  waitsFor: ['0 of 100 first attempts'],
  next: 'Advance to 25 % (3 stations)',
  lastDecision: { what: 'started', by: ines, at: start, why: null },
})

export const pending = aRollout({
  ...active,
  status: 'pending',
  stageIndex: -1,
  startedAt: null,
  startAt: start + 16 * hour,
  stages: stages.map((stage) => ({ ...stage, state: 'later', startedAt: null })),
  stations: [1, 2, 3, 4].map((number) => station(number)),
  waitsFor: ['1 approval of the start', `its start time, ${new Date(start + 16 * hour).toISOString()}`],
  next: 'Starts on 1 station',
  lastDecision: { what: 'created', by: ines, at: start, why: 'limits from the March returns' },
})

export const pausedByBreach = aRollout({
  ...active,
  status: 'paused',
  pause: { reason: 'breach', why: headline, by: firstpass, at: breachAt },
  reason: 'limits from the March returns',
  version: 3,
  stations: [
    { ...firstStation, canaryUnits: 60, canaryPassed: 53 },
    station(2, {
      trouble: { kind: 'stale', since: start + 20 * hour, detail: 'no run for 8 h, usually every 4 min' },
    }),
    ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((number) => station(number)),
    station(12, { pastUnits: 0, pastPassed: 0 }),
  ],
  canaryArm: anArm(),
  baseArm,
  otherRuns: 12,
  verdict: aVerdict(
    'severe',
    [aGate({ verdict: 'severe' }), aQuietGate('error rate'), aQuietGate('timeout rate', { mode: 'observe' })],
    judgedAt,
  ),
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
  next: 'Abort takes FCT-01 back to 2.4.0; acknowledging lets stage 1 go on',
  breaches: [
    aBreach({
      gate: 'error rate',
      openedAt: start + 5 * hour,
      headline: 'error rate 4.1 % against expected 0.4 %',
      acknowledged: { by: marek, at: start + 6 * hour, why: 'fixture cable, replaced' },
      closed: { at: start + 6 * hour, how: 'acknowledged' },
    }),
    aBreach({ severity: 'severe', openedAt: breachAt, headline }),
  ],
  lastDecision: { what: 'paused', by: firstpass, at: breachAt, why: headline },
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
    waived: index === 5 ? { by: marek, at: start + 29 * hour, why: 'line 3 is down until Thursday' } : null,
  })
})

export const healthy = aRollout({
  ...active,
  version: 4,
  stageIndex: 1,
  stages: [
    aStage(0, {
      startedAt: start,
      soak,
      decision: { what: 'advanced', by: ines, at: start + 25 * hour, why: 'gates pass' },
    }),
    aStage(1, { stationCount: 6, startedAt: start + 25 * hour, soak: { ...soak, shifts: 2 } }),
    aStage(2, { stationCount: 12, soak: { ...soak, firstAttempts: 500, firstAttemptsPerStation: 10 } }),
    aStage(3, { stationCount: 24, soak: { ...soak, minutes: 0, firstAttempts: 0 } }),
  ],
  stations: fleet,
  canaryArm: anArm({
    stations: 6,
    units: 345,
    passed: 342,
    firstPassYield: 342 / 345,
    firstPassYieldLow: 0.975,
    firstPassYieldHigh: 0.997,
  }),
  baseArm: { ...baseArm, stations: 18 },
  verdict: aVerdict(
    'pass',
    [
      aGate({
        verdict: 'pass',
        canary: { stations: 6, n: 345, bad: 3, rate: 3 / 345 },
        difference: -0.0095,
        differenceLow: -0.021,
        differenceHigh: 0.013,
        logEvidence: Math.log(0.02),
        probabilityWorse: 0.08,
        probabilityUnacceptable: 0.0004,
        headline: 'first-pass yield 99.1 % against expected 98.2 %, +1.0 points on 345 first attempts',
      }),
      aQuietGate('error rate', { verdict: 'pass', countsToVerdict: null }),
      aQuietGate('timeout rate'),
    ],
    judgedAt,
  ),
  waitsFor: ['soaked 290 of 1440 min', 'open window: Penang from 06:00'],
  next: 'Advance to 50 % (12 stations)',
  lastDecision: { what: 'advanced to 25 %', by: ines, at: start + 25 * hour, why: 'gates pass' },
})

const aborted = { why: 'rail 3 limits are wrong', by: ines, at: breachAt + 20 * minute }

export const aborting = aRollout({
  ...pausedByBreach,
  status: 'aborting',
  pause: null,
  abort: aborted,
  stations: [station(1, { status: 'reverting', stageIndex: 0, since: aborted.at }), station(2)],
  waitsFor: ['FCT-01 to run base again'],
  next: 'Ends when FCT-01 has run 2.4.0',
  lastDecision: { what: 'aborted', ...aborted },
})

export const ended = aRollout({
  ...aborting,
  status: 'aborted',
  endedAt: breachAt + 34 * minute,
  retryOf: aRollout().id,
  base: { ...aRollout().base, id: deploymentId.parse(uuid(2, 9)) },
  stages: [
    aStage(0, { startedAt: start, soak, decision: { what: 'aborted', ...aborted } }),
    aStage(1, { state: 'skipped', startedAt: null, soak }),
    aStage(2, { label: 'all stations', state: 'skipped', stationCount: 12, soak }),
  ],
  stations: [station(1, { status: 'reverted', stageIndex: 0, since: breachAt + 34 * minute }), station(2)],
  waitsFor: [],
  next: 'Nothing: retry starts a new rollout',
})

export const completed = aRollout({
  ...healthy,
  status: 'completed',
  endedAt: start + 90 * hour,
  stageIndex: 3,
  stages: healthy.stages.map((each) => ({ ...each, state: 'done' as const })),
  waitsFor: [],
  next: 'Every station of the rollout runs the build; rollback returns to an earlier one.',
  watchUntil: start + 114 * hour,
})

export const stories: Record<string, RolloutView> = {
  pending,
  active,
  healthy,
  pausedByBreach,
  aborting,
  aborted: ended,
  completed,
}
