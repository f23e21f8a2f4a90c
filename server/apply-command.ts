// One command on one rollout, in the caller's transaction: state, pins, events and deliveries change together.
import type { Db } from '../db/client.ts'
import { isElsewhere } from '../db/pins.ts'
import { recount } from '../db/recount.ts'
import { activateDeployment } from '../db/registry.ts'
import { appendEvents, type LoadedRollout, saveRollout } from '../db/rollout-storage.ts'
import { freezeJoined, freezePasts } from '../db/station-past.ts'
import { lockProcedure } from '../db/store-runs.ts'
import { askStations } from './ask-stations.ts'
import type { StationId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Command, isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { decide } from './domain/rollout/decide.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { evolve } from './domain/rollout/evolve.ts'
import { canaryStations, type RolloutState } from './domain/rollout/state.ts'
import type { Job } from './service.ts'

/** Queues deliveries in the transaction; nothing is sent before it commits. */
export type Deliveries = { send(tx: Db, job: Job): Promise<void> }

export type Applied = { state: RolloutState; events: RolloutEvent[] }

/** Decides and, unless refused, stores. The caller holds the rollout's row. */
export async function applyCommand(
  tx: Db,
  loaded: Pick<LoadedRollout, 'state'>,
  command: Command,
  now: Instant,
  deliveries: Deliveries,
): Promise<Applied | Refusal> {
  const decided = decide(command, loaded.state, now)
  if (isRefusal(decided)) return decided
  return record(tx, loaded.state, decided.events, now, deliveries)
}

/** Stores events that have been decided, with all that follows from them. `before` is null for a new rollout. */
export async function record(
  tx: Db,
  before: RolloutState | null,
  events: RolloutEvent[],
  now: Instant,
  deliveries: Deliveries,
): Promise<Applied> {
  const after = events.reduce<RolloutState | null>((state, event) => evolve(state, event), before)
  if (after === null) throw new Error('a rollout begins with an event')
  if (events.length === 0) return { state: after, events }
  await saveRollout(tx, before, after)
  const sequences = await appendEvents(tx, after, events)
  for (const event of events) await follow(tx, event, before, after, { now, deliveries })
  await announce(tx, events, sequences, before, after, deliveries)
  return { state: after, events }
}

/** Events that do more than to be recorded: those that `follow` has something to do for. */
export const doesMore: ReadonlySet<RolloutEvent['type']> = new Set([
  'RolloutStarted',
  'StageStarted',
  'StageUndone',
  'RolloutAborted',
  'StationExcluded',
  'StationJoined',
  'AbortFinished',
  'RolloutCompleted',
])

async function follow(
  tx: Db,
  event: RolloutEvent,
  before: RolloutState | null,
  after: RolloutState,
  { now, deliveries }: { now: Instant; deliveries: Deliveries },
): Promise<void> {
  const { procedureId, id: rolloutId } = after
  const pin = (stations: StationId[], deploymentId = after.deploymentId) =>
    askStations(
      tx,
      { procedureId, stations, deploymentId, rolloutId, now },
      deliveries,
      deploymentId === after.baseDeploymentId,
    )
  switch (event.type) {
    case 'RolloutStarted':
      await lockProcedure(tx, procedureId)
      await freezePasts(tx, after, now)
      return recount(tx, procedureId, rolloutId)
    case 'StageStarted':
      return pin(event.stations)
    case 'StageUndone':
      return pin(event.stations, after.baseDeploymentId)
    case 'RolloutAborted':
      return pin(before ? canaryStations(before) : [], after.baseDeploymentId)
    case 'StationExcluded':
      await pin([event.stationId], after.baseDeploymentId)
      await lockProcedure(tx, procedureId)
      return recount(tx, procedureId, rolloutId)
    case 'StationJoined':
      // Base until its stage, also for one that comes back on a build from before it was held.
      await pin([event.stationId], after.baseDeploymentId)
      await lockProcedure(tx, procedureId)
      if ('startedAt' in after && after.startedAt !== null) await freezeJoined(tx, after, after.startedAt)
      return recount(tx, procedureId, rolloutId)
    case 'AbortFinished':
      await lockProcedure(tx, procedureId)
      return recount(tx, procedureId, rolloutId)
    case 'RolloutCompleted':
      await lockProcedure(tx, procedureId)
      await pin(after.order.filter((id) => after.stations[id]?.status === 'queued'))
      if (!(await isElsewhere(tx, procedureId, after.deploymentId, now)))
        await activateDeployment(tx, procedureId, after.deploymentId, new Date(now))
      return recount(tx, procedureId, rolloutId)
    case 'RolloutCreated':
    case 'StartApproved':
    case 'StageWentLive':
    case 'StageUnmeasured':
    case 'StageMeasured':
    case 'StageApproved':
    case 'ApprovalAsked':
    case 'ApprovalReminded':
    case 'StageAdvanced':
    case 'StageSet':
    case 'RolloutPaused':
    case 'RolloutResumed':
    case 'WatchAlarmed':
    case 'BreachOpened':
    case 'BreachWorsened':
    case 'BreachAcknowledged':
    case 'BreachRecovered':
    case 'BreachEscalated':
    case 'StationServed':
    case 'StationPulled':
    case 'StationConfirmed':
    case 'StationTroubled':
    case 'StationCleared':
    case 'StationWaived':
    case 'StationLeft':
    case 'StationExposedAgain':
    case 'StationReverted':
    case 'RetestsAsked':
    case 'ChangesFound':
    case 'ChangesAccepted':
    case 'DefinitionDeclared':
      return
  }
}

/**
 * The card of the present stage, the cards of stages that just ended, the events that speak in the thread or to people
 * directly, and the places where several rollouts stand together.
 */
async function announce(
  tx: Db,
  events: RolloutEvent[],
  sequences: number[],
  before: RolloutState | null,
  after: RolloutState,
  deliveries: Deliveries,
): Promise<void> {
  const stages = new Set([stageOf(before), stageOf(after)])
  for (const stage of [...stages].sort((a, b) => a - b))
    if (stage >= 0) await deliveries.send(tx, { kind: 'card', rolloutId: after.id, stageIndex: stage })
  for (const [index, event] of events.entries()) {
    const sequence = sequences[index]
    if (sequence === undefined) continue
    if (isSpoken(event)) await deliveries.send(tx, { kind: 'thread', rolloutId: after.id, sequence })
    if (isSpoken(event) || event.type === 'RolloutCreated' || event.type === 'StageStarted')
      await deliveries.send(tx, { kind: 'direct', rolloutId: after.id, sequence })
  }
  if (events.some(({ type }) => contains.has(type)))
    await deliveries.send(tx, { kind: 'containment', rolloutId: after.id })
  const { procedureId, deploymentId } = after
  // The cards of registered builds say who started one, and what another would take the place of.
  if (before?.status !== after.status) await deliveries.send(tx, { kind: 'build', procedureId, deploymentId })
  // Stations on their way to the build are many: the next judgement that is kept tells of them together.
  if (events.some((event) => !onTheWay.has(event.type))) await refreshOverviews(tx, after, deliveries)
}

/** What makes a containment list, or changes what is asked about it. */
const contains = new Set<RolloutEvent['type']>([
  'BreachOpened',
  'BreachAcknowledged',
  'BreachRecovered',
  'WatchAlarmed',
  'RolloutAborted',
  'StationReverted',
  'AbortFinished',
])

const onTheWay = new Set<RolloutEvent['type']>(['StationServed', 'StationPulled', 'StationConfirmed'])

/** The places where this rollout stands beside others: its channel's digest, and the Homes that somebody looks at. */
export async function refreshOverviews(
  tx: Db,
  { id, procedureId }: Pick<RolloutState, 'id' | 'procedureId'>,
  deliveries: Deliveries,
): Promise<void> {
  await deliveries.send(tx, { kind: 'digest', procedureId })
  await deliveries.send(tx, { kind: 'home', rolloutId: id })
}

/** A pending rollout, or one aborted before it started, has its card at the first stage. */
function stageOf(state: RolloutState | null): number {
  if (state === null) return -1
  return 'stageIndex' in state ? Math.max(0, state.stageIndex) : 0
}

/** A rest and its end are the service's own word; what a person does stands on the card. */
function isSpoken(event: RolloutEvent): boolean {
  if (event.type === 'RolloutPaused') return event.reason === 'blind' || event.reason === 'window'
  if (event.type === 'RolloutResumed') return event.by.kind === 'service'
  return spoken.has(event.type)
}

const spoken = new Set<RolloutEvent['type']>([
  'StageUnmeasured',
  'BreachOpened',
  'BreachWorsened',
  'BreachAcknowledged',
  'BreachRecovered',
  'BreachEscalated',
  'ApprovalAsked',
  'ApprovalReminded',
  'RolloutAborted',
  'AbortFinished',
  'RolloutCompleted',
  'WatchAlarmed',
  'RetestsAsked',
  'ChangesFound',
  'ChangesAccepted',
])
