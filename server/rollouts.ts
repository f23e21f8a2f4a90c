// Rollouts for every door: start, the verbs, and what leads from one rollout to another.
import { randomUUID } from 'node:crypto'
import type { Database, Db } from '../db/client.ts'
import { pinStations } from '../db/pins.ts'
import {
  activateDeployment,
  deploymentById,
  type Procedure,
  procedureById,
  recordProcedureEvent,
  type Station,
  stationsOf,
} from '../db/registry.ts'
import { liveRolloutIds, loadRollout, rememberCommand, rememberedCommand } from '../db/rollout-storage.ts'
import { lockProcedure } from '../db/store-runs.ts'
import { applyCommand, type Deliveries, record } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import {
  type DeploymentId,
  type ProcedureId,
  type RolloutId,
  rolloutId as rolloutIdOf,
} from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Plan, plan as planSchema } from './domain/plan.ts'
import { type Against, type Command, isRefusal, type Refusal } from './domain/rollout/commands.ts'
import { describeEvents } from './domain/rollout/describe.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { stageReadiness } from './domain/rollout/readiness.ts'
import { isRunning, isTerminal, type RolloutState } from './domain/rollout/state.ts'
import { orderStations } from './domain/station-order.ts'
import { takesPart } from './domain/takes-part.ts'
import type { Verdict } from './domain/verdict.ts'
import { notEligible } from './eligible.ts'
import { caughtUp, verdictOf } from './judging.ts'
import { orderSeed } from './order-seed.ts'
import type { Done, Outcome, RolloutVerb, Service, StartInput } from './service.ts'
import { stageFacts } from './stage-facts.ts'

type Deps = {
  database: Database
  now: () => Instant
  deliveries: Deliveries
  view: (id: RolloutId) => Promise<Done['rollout']>
}
type Changed = { id: RolloutId; did: string; events: RolloutEvent[] }

/** The verbs of a rollout. Each is one transaction; what it answers is read after the commit. */
export function rollouts({ database, now, deliveries, view }: Deps) {
  const transaction = <T>(work: (tx: Db) => Promise<T>): Promise<T> =>
    database.db.transaction((tx) => work(tx))

  async function answered(changed: Changed | Refusal): Promise<Outcome> {
    if (isRefusal(changed)) return changed
    return { rollout: await view(changed.id), did: changed.did, events: changed.events }
  }

  /** The same command twice is one: the second is told what the first did. */
  async function once(
    tx: Db,
    commandId: string | undefined,
    work: () => Promise<Changed | Refusal>,
  ): Promise<Changed | Refusal> {
    if (commandId === undefined) return work()
    const known = await rememberedCommand(tx, commandId)
    if (known) return { id: known.rolloutId, did: known.did, events: [] }
    const changed = await work()
    if (isRefusal(changed)) return changed
    const procedureId = (await loadRollout(tx, changed.id))?.state.procedureId
    if (procedureId)
      await rememberCommand(tx, {
        id: commandId,
        procedureId,
        rolloutId: changed.id,
        did: changed.did,
        at: now(),
      })
    return changed
  }

  async function create(tx: Db, input: StartInput, by: Actor): Promise<Changed | Refusal> {
    await lockProcedure(tx, input.procedureId)
    const at = now()
    const procedure = await procedureById(tx, input.procedureId)
    if (!procedure)
      return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
    const parsed = planSchema.safeParse(input.plan)
    if (!parsed.success)
      return refuse('invalid', planFaults(parsed.error.issues), 'Mend the plan and start again.')
    const deployment = await deploymentById(tx, input.deploymentId)
    if (!deployment || deployment.procedureId !== procedure.id)
      return refuse('not found', `${procedure.name} has no such build`, 'Look at the list of its builds.')
    const no = notEligible(deployment, procedure)
    if (no)
      return refuse(
        'invalid',
        `${procedure.name} ${deployment.version} ${no}`,
        'Choose a production build that is ready.',
      )
    const baseDeploymentId = procedure.activeDeploymentId
    if (!baseDeploymentId)
      return refuse(
        'not now',
        `${procedure.name} has no active build to compare with`,
        'Make its present build the active one first.',
      )
    const live = await liveOf(tx, procedure.id)
    if (live) return alreadyLive(procedure, live)
    const stations = (await stationsOf(tx, procedure.id)).filter((station) =>
      takesPart(station, parsed.data.group),
    )
    if (stations.length === 0)
      return refuse(
        'invalid',
        'no station of the procedure is in that group',
        'Link stations to the procedure, or widen the group.',
      )
    const id = rolloutIdOf.parse(randomUUID())
    const created: RolloutEvent = {
      type: 'RolloutCreated',
      rolloutId: id,
      procedureId: procedure.id,
      deploymentId: deployment.id,
      baseDeploymentId,
      plan: parsed.data,
      order: orderOf(stations, parsed.data, orderSeed(procedure.id, deployment.id)),
      startAt: input.startAt ?? null,
      retryOf: input.retryOf ?? null,
      why: input.reason,
      by,
      at,
    }
    const first = await record(tx, null, [created], at, deliveries)
    const started = await applyCommand(tx, first, { type: 'start', by }, at, deliveries)
    const events = isRefusal(started) ? first.events : [...first.events, ...started.events]
    const where = `${procedure.name} ${deployment.version}`
    return {
      id,
      events,
      did: isRefusal(started)
        ? `created the rollout of ${where}: ${started.why}`
        : `started the rollout of ${where}`,
    }
  }

  async function command(
    tx: Db,
    id: RolloutId,
    verb: RolloutVerb,
    by: Actor,
    against?: Against,
  ): Promise<Changed | Refusal> {
    const stored = await loadRollout(tx, id, true)
    if (!stored) return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
    const at = now()
    const loaded = await caughtUp(tx, stored, at, deliveries)
    const { state } = loaded
    const verdict = isRunning(state) ? await verdictOf(tx, state, loaded, at) : null
    const readiness = isRunning(state)
      ? stageReadiness(state, await stageFacts(tx, state, verdict), at)
      : { items: [], ready: false }
    const applied = await applyCommand(
      tx,
      loaded,
      { ...toCommand(verb, readiness, verdict), by, against },
      at,
      deliveries,
    )
    return isRefusal(applied)
      ? applied
      : { id, events: applied.events, did: describeEvents(applied.events, applied.state) }
  }

  async function supersede(tx: Db, id: RolloutId, input: StartInput, by: Actor): Promise<Changed | Refusal> {
    const stored = await loadRollout(tx, id, true)
    if (!stored || isTerminal(stored.state) || stored.state.status === 'aborting')
      return refuse('not now', 'that rollout is not live', 'Start the new build instead.')
    if (stored.state.procedureId !== input.procedureId)
      return refuse(
        'invalid',
        'a rollout is superseded by a build of its own procedure',
        'Choose a build of the same procedure.',
      )
    const why = `superseded by another build${input.reason ? `: ${input.reason}` : ''}`
    const away = await applyCommand(
      tx,
      await caughtUp(tx, stored, now(), deliveries),
      { type: 'supersede', successor: input.deploymentId, why, by },
      now(),
      deliveries,
    )
    if (isRefusal(away)) return away
    const next = await create(tx, input, by)
    // An expected "no" after the first half is done: the whole transaction is taken back.
    if (isRefusal(next)) throw new Undo(next)
    return next
  }

  return {
    start: (input: StartInput, by: Actor, commandId?: string) =>
      transaction((tx) => once(tx, commandId, () => create(tx, input, by))).then(answered),
    command: (id: RolloutId, verb: RolloutVerb, by: Actor, against?: Against, commandId?: string) =>
      transaction((tx) => once(tx, commandId, () => command(tx, id, verb, by, against))).then(answered),
    retry: (id: RolloutId, why: string, by: Actor, commandId?: string) =>
      transaction((tx) =>
        once(tx, commandId, async () => {
          const loaded = await loadRollout(tx, id)
          if (!loaded) return refuse('not found', 'there is no such rollout', 'Look at the list of rollouts.')
          if (loaded.state.status !== 'aborted')
            return refuse(
              'not now',
              `the rollout is ${loaded.state.status}`,
              'Only an aborted rollout can be retried.',
            )
          const { procedureId, deploymentId, plan } = loaded.state
          return create(
            tx,
            {
              procedureId,
              deploymentId,
              plan: { ...plan, handPicked: loaded.state.order },
              reason: why,
              retryOf: id,
            },
            by,
          )
        }),
      ).then(answered),
    supersede: (id: RolloutId, input: StartInput, by: Actor, commandId?: string) =>
      transaction((tx) => once(tx, commandId, () => supersede(tx, id, input, by)))
        .catch(taken)
        .then(answered),
    rollback: (procedureId: ProcedureId, deploymentId: DeploymentId, why: string, by: Actor) =>
      transaction((tx) => rollback(tx, procedureId, deploymentId, why, by, now())),
  } satisfies Partial<Service>
}

/** Every station at once, without stages, to any build that once ran on all of them; automatic pushes stop. */
async function rollback(
  tx: Db,
  procedureId: ProcedureId,
  deploymentId: DeploymentId,
  why: string,
  by: Actor,
  now: Instant,
): Promise<{ did: string } | Refusal> {
  await lockProcedure(tx, procedureId)
  const procedure = await procedureById(tx, procedureId)
  const deployment = await deploymentById(tx, deploymentId)
  if (!procedure || deployment?.procedureId !== procedureId)
    return refuse('not found', 'the procedure has no such build', 'Look at the list of its builds.')
  if (deployment.completedAt === null)
    return refuse(
      'invalid',
      `${deployment.version} never ran on all stations`,
      'Choose a build that once completed, or start a rollout.',
    )
  if (why.trim() === '') return refuse('invalid', 'a rollback needs a reason', 'Say why, in a few words.')
  const live = await liveOf(tx, procedureId)
  if (live?.status === 'aborting') return alreadyLive(procedure, live)
  if (live)
    return refuse(
      'not now',
      'a rollout of this procedure is live',
      'Abort it: its stations return to base at once.',
    )
  const stations = await stationsOf(tx, procedureId)
  await pinStations(tx, {
    procedureId,
    stations: stations.map((station) => station.id),
    deploymentId,
    rolloutId: null,
    now,
  })
  await activateDeployment(tx, procedureId, deploymentId, new Date(now), false)
  const body = { deploymentId, from: procedure.activeDeploymentId, why, by }
  await recordProcedureEvent(tx, { procedureId, type: 'RolledBack', body, at: new Date(now) })
  return {
    did: `rolled ${procedure.name} back to ${deployment.version} on ${stations.length} stations; automatic pushes are off`,
  }
}

async function liveOf(tx: Db, procedureId: ProcedureId): Promise<RolloutState | null> {
  for (const id of await liveRolloutIds(tx, procedureId)) {
    const loaded = await loadRollout(tx, id)
    if (loaded && loaded.state.status !== 'aborting') return loaded.state
    // An abort is open until each exposed station is back; its successor was started together with it.
    if (loaded?.state.status === 'aborting' && loaded.state.wayBack.length === 1) return loaded.state
  }
  return null
}

function alreadyLive(procedure: Procedure, live: RolloutState): Refusal {
  if (live.status === 'aborting')
    return refuse(
      'not now',
      `an abort of ${procedure.name} still waits for stations to return to base`,
      'Wait for them, or waive the silent ones.',
    )
  return refuse(
    'not now',
    `a rollout of ${procedure.name} is already live (${live.status}, started by ${live.owner.name}, ${live.id})`,
    'Let it end, abort it, or supersede it.',
  )
}

function orderOf(stations: Station[], plan: Plan, seed: string) {
  return orderStations(stations, { seed, handPicked: plan.handPicked, progression: plan.progression })
}

function planFaults(issues: { path: PropertyKey[]; message: string }[]): string {
  return issues.map((issue) => `plan.${issue.path.join('.')}: ${issue.message}`).join('; ')
}

function toCommand(
  verb: RolloutVerb,
  readiness: Extract<Command, { type: 'advance' }>['readiness'],
  verdict: Verdict | null,
) {
  switch (verb.verb) {
    case 'approve':
      return { type: 'approve' as const }
    case 'advance':
      return { type: 'advance' as const, why: verb.why ?? null, override: verb.override ?? false, readiness }
    case 'set':
      return {
        type: 'set' as const,
        share: verb.share,
        why: verb.why,
        override: verb.override ?? false,
        readiness,
      }
    case 'pause':
      return { type: 'pause' as const, why: verb.why }
    case 'resume':
      return { type: 'resume' as const, why: verb.why ?? null }
    case 'abort':
      return { type: 'abort' as const, why: verb.why }
    case 'undo':
      return { type: 'undo' as const, why: verb.why }
    case 'waive':
      return { type: 'waive' as const, stationId: verb.stationId, why: verb.why }
    case 'acknowledge':
      return {
        type: 'acknowledge' as const,
        metric: verb.metric,
        why: verb.why,
        logEvidence: verdict?.gates.find((gate) => gate.metric === verb.metric)?.logEvidence ?? null,
      }
  }
}

function refuse(refused: Refusal['refused'], why: string, next: string): Refusal {
  return { refused, why, next }
}

/** Carries a refusal out of a transaction that must not commit. */
class Undo extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.why)
    this.refusal = refusal
  }
}

function taken(error: unknown): Refusal {
  if (error instanceof Undo) return error.refusal
  throw error
}
