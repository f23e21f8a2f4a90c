// A record with one event of every type.

import { minute } from '../../../server/domain/instant.ts'
import { plan } from '../../../server/domain/plan.ts'
import type { RolloutEvent } from '../../../server/domain/rollout/events.ts'
import type { RecordedEvent } from '../../../views/event-sentence.ts'
import { start } from './rollout-charts.ts'
import { ana, rolloutView, service, stationIdOf } from './rollout-view.ts'

const view = rolloutView()
const somePlan = plan.parse({
  preset: 'custom',
  stages: [{ target: { stations: 1 } }, { target: { share: 0.25 } }, { target: { share: 1 } }],
})
const first = stationIdOf(1)

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
  { type: 'StageAdvanced', from: 0, to: 1, why: null, override: ['60 of 100 first attempts'] },
  { type: 'StageSet', from: 1, plan: somePlan, to: 2, why: 'audit tomorrow', override: [] },
  { type: 'StageUndone', from: 2, to: 1, stations: [first, stationIdOf(2)], why: 'too early', soakedMs: 0 },
  { type: 'RolloutResumed', why: null },
  { type: 'BreachAcknowledged', metric: 'error rate', logEvidence: 5, why: 'fixture cable' },
  { type: 'StationWaived', stationId: first, why: 'line is down' },
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
  { type: 'StationJoined', stationId: stationIdOf(99) },
  { type: 'StationLeft', stationId: stationIdOf(99), why: 'unlinked' },
  {
    type: 'BreachOpened',
    metric: 'first-pass yield',
    severity: 'severe',
    logEvidence: 4,
    headline: '88.3 %',
  },
  { type: 'BreachWorsened', metric: 'first-pass yield', logEvidence: 6, headline: '85.0 %' },
  { type: 'BreachRecovered', metric: 'timeout rate', headline: 'timeouts as expected again' },
  { type: 'RolloutPaused', reason: 'breach', why: 'first-pass yield 88.3 % where 98.2 % was expected' },
  { type: 'StationExposedAgain', stationId: first },
  { type: 'StationReverted', stationId: first },
  { type: 'AbortFinished' },
  { type: 'RolloutCompleted', why: null, override: [] },
]

export const everyEvent: RecordedEvent[] = [
  ...byPeople.map((event) => ({ ...event, by: ana })),
  ...byFirstpass.map((event) => ({ ...event, by: service })),
].map((event, index) => ({ ...event, at: start + index * 7 * minute, sequence: index + 1 }))
