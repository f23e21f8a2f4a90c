// A record with one event of every type.

import { minute } from '../../../server/domain/instant.ts'
import { plan } from '../../../server/domain/plan.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import type { RecordedEvent } from '../../../views/rollout/event-sentence.ts'
import { firstpass, ines } from '../../support/fixed-values.ts'
import { aRollout, aStation } from '../../support/rollout-view-builder.ts'
import { start } from './rollout-charts.ts'

const view = aRollout()
const somePlan = plan.parse({
  preset: 'custom',
  stages: [{ target: { stations: 1 } }, { target: { share: 0.25 } }, { target: { share: 1 } }],
})
const first = aStation(0).id
const second = aStation(1).id
const stranger = aStation(98).id

type Bare<E = RolloutEvent> = E extends RolloutEvent ? Omit<E, 'by' | 'at'> : never

const byPeople: Bare[] = [
  {
    type: 'RolloutCreated',
    rolloutId: view.id,
    procedureId: view.procedure.id,
    deploymentId: view.deployment.id,
    baseDeploymentId: view.base.id,
    plan: somePlan,
    order: view.stations.map(({ id }) => id),
    startAt: start,
    retryOf: null,
    why: 'limits from the March returns',
  },
  { type: 'StartApproved' },
  { type: 'StageApproved', stageIndex: 0 },
  {
    type: 'StageAdvanced',
    from: 0,
    to: 1,
    why: null,
    override: ['60 of 100 first attempts'],
    evidence: [],
  },
  { type: 'StageSet', from: 1, plan: somePlan, to: 2, why: 'audit tomorrow', override: [], evidence: [] },
  {
    type: 'StageUndone',
    from: 2,
    to: 1,
    stations: [first, second],
    why: 'too early',
    soakedMs: 0,
    soakedShifts: 0,
  },
  { type: 'StageUnmeasured', stageIndex: 1, from: start, to: start + 6 * 3_600_000 },
  { type: 'StageMeasured', stageIndex: 1, from: start, to: start + 3_600_000 },
  { type: 'RolloutResumed', why: null },
  { type: 'BreachAcknowledged', gate: 'error rate', logEvidence: 5, why: 'fixture cable', evidence: [] },
  { type: 'StationWaived', stationId: first, why: 'line is down' },
  { type: 'RetestsAsked', pairs: 4, units: 8 },
  {
    type: 'ChangesFound',
    stageIndex: 0,
    ids: ['0123456789abcdef'],
    words: ['power / rail_3v3 lower 3.2 → 3.1 V'],
  },
  { type: 'ChangesAccepted', words: ['power / rail_3v3 lower 3.2 → 3.1 V'], why: 'revision C' },
  { type: 'DefinitionDeclared' },
  { type: 'RolloutAborted', why: 'rail 3 limits are wrong', wayBack: [] },
]

const byFirstpass: Bare[] = [
  { type: 'RolloutStarted' },
  { type: 'StageStarted', stageIndex: 0, stations: [first] },
  { type: 'StationPulled', stationId: first },
  { type: 'StationConfirmed', stationId: first },
  { type: 'StageWentLive', stageIndex: 0 },
  {
    type: 'StationTroubled',
    stationId: first,
    trouble: { kind: 'drifted', since: start, detail: 'ran 4.0.9' },
  },
  { type: 'StationCleared', stationId: first },
  { type: 'StationJoined', stationId: stranger },
  { type: 'StationLeft', stationId: stranger, why: 'unlinked' },
  {
    type: 'BreachOpened',
    gate: 'first-pass yield',
    mode: 'pause',
    severity: 'severe',
    logEvidence: 4,
    headline: '88.3 %',
    details: [],
    suspect: { stationId: first, isSuspected: true },
  },
  {
    type: 'BreachOpened',
    gate: 'new failure mode',
    mode: 'observe',
    severity: 'breach',
    logEvidence: 2,
    headline: 'two that base has never shown',
    details: ['VCC low'],
    suspect: null,
  },
  { type: 'BreachWorsened', gate: 'first-pass yield', logEvidence: 6, headline: '85.0 %' },
  { type: 'BreachRecovered', gate: 'timeout rate', headline: 'timeouts as expected again' },
  { type: 'RolloutPaused', reason: 'breach', why: 'first-pass yield 88.3 % where 98.2 % was expected' },
  { type: 'RolloutPaused', reason: 'blind', why: 'canary stations report 8 % of the runs' },
  { type: 'RolloutPaused', reason: 'window', why: 'Munich opens at 06:00' },
  { type: 'RolloutResumed', why: 'what it rested for is over' },
  { type: 'StationExposedAgain', stationId: first },
  { type: 'StationReverted', stationId: first },
  { type: 'AbortFinished' },
  { type: 'RolloutCompleted', why: null, override: [], evidence: [] },
  {
    type: 'WatchAlarmed',
    gate: 'error rate',
    severity: 'severe',
    logEvidence: 6,
    headline: '4.1 % against 0.4 %',
  },
]

export const everyEvent: RecordedEvent[] = [
  ...byPeople.map((event) => ({ ...event, by: ines })),
  ...byFirstpass.map((event) => ({ ...event, by: firstpass })),
].map((event, index) => ({ ...event, at: start + index * 7 * minute, sequence: index + 1 }))
