// Starting a rollout: what may go where, and in which order.
import { randomUUID } from 'node:crypto'
import type { Db } from '../db/client.ts'
import { deploymentById, procedureById, type Station, stationsOf } from '../db/registry.ts'
import { lockProcedure } from '../db/store-runs.ts'
import { applyCommand, type Deliveries, record } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import { type RolloutId, rolloutId as rolloutIdOf } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import { type Plan, plan as planSchema } from './domain/plan.ts'
import { planUnder } from './domain/plan-under-policy.ts'
import type { Policy } from './domain/policy.ts'
import { isRefusal, type Refusal } from './domain/rollout/commands.ts'
import type { RolloutEvent } from './domain/rollout/events.ts'
import { evolve } from './domain/rollout/evolve.ts'
import { moment } from './domain/rollout/outdated.ts'
import { orderStations } from './domain/station-order.ts'
import { takesPart } from './domain/takes-part.ts'
import { notEligible } from './eligible.ts'
import { notPickable } from './hand-picked.ts'
import { learnFromPast } from './learn-definitions.ts'
import { alreadyLive, liveRollout } from './live-rollout.ts'
import { orderSeed } from './order-seed.ts'
import { policyOf } from './policy-of.ts'
import { refuse } from './refuse.ts'
import type { StartInput } from './service.ts'
import { stageClosed, startClosed } from './stage-closed.ts'
import { backendRefuses } from './tofupilot-standing.ts'
import { withDeclared } from './with-declared.ts'

/** A new rollout, started at once unless it waits for an approval or a moment. Names why not, otherwise. */
export async function startRollout(
  tx: Db,
  input: StartInput,
  by: Actor,
  at: Instant,
  deliveries: Deliveries,
): Promise<{ id: RolloutId; did: string; events: RolloutEvent[] } | Refusal> {
  await lockProcedure(tx, input.procedureId)
  const procedure = await procedureById(tx, input.procedureId)
  if (!procedure) return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
  const deployment = await deploymentById(tx, input.deploymentId)
  if (!deployment || deployment.procedureId !== procedure.id)
    return refuse('not found', `${procedure.name} has no such build`, 'Look at the list of its builds.')
  const policy = await policyOf(tx, procedure.id)
  const asked = withDeclared(input.plan, deployment)
  const parsed = planSchema.safeParse(planUnder(policy, asked, procedure.zone))
  if (!parsed.success)
    return refuse('invalid', planFaults(parsed.error.issues), 'Mend the plan and start again.')
  const no = notEligible(deployment, procedure)
  if (no) return refuse('invalid', `${procedure.name} ${deployment.version} ${no.why}`, no.next)
  const baseDeploymentId = procedure.activeDeploymentId
  if (!baseDeploymentId)
    return refuse(
      'not now',
      `${procedure.name} has no active build to compare with`,
      'Make its present build the active one first.',
    )
  const live = await liveRollout(tx, procedure.id)
  if (live) return alreadyLive(procedure, live)
  const backend = await backendRefuses(tx, deployment, at)
  if (backend && !backend.isSoon) return refuse('not now', backend.why, backend.next)
  const linked = await stationsOf(tx, procedure.id)
  // A retry asks for the order of the former rollout: whoever cannot take part now is left out of it.
  const unpickable = input.retryOf ? null : await notPickable(tx, procedure, parsed.data, linked, at)
  if (unpickable) return unpickable
  const stations = linked.filter((station) => takesPart(station, parsed.data.group, at))
  if (stations.length === 0)
    return refuse(
      'invalid',
      'no station of the procedure is in that group',
      'Link stations to the procedure, or widen the group.',
    )
  const id = rolloutIdOf.parse(randomUUID())
  const created = {
    type: 'RolloutCreated' as const,
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
  const closed = await refusedByHours(tx, policy, created, at)
  if (closed) return closed
  // Builds that ran before builds learned from their runs are known from what is stored of them.
  await learnFromPast(tx, procedure.id, baseDeploymentId)
  await learnFromPast(tx, procedure.id, deployment.id)
  const first = await record(tx, null, [created], at, deliveries)
  const held = backend === null ? null : ((await startClosed(tx, first.state, at))?.why ?? null)
  const started = await applyCommand(tx, first, { type: 'start', by, closed: held }, at, deliveries)
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

/** A start that waits for an approval is looked at, too: whoever starts is the one to choose another time. */
async function refusedByHours(
  tx: Db,
  policy: Policy,
  created: Extract<RolloutEvent, { type: 'RolloutCreated' }>,
  now: Instant,
): Promise<Refusal | null> {
  const at = Math.max(now, created.startAt ?? now)
  const closed = await stageClosed(tx, policy, evolve(null, created), 0, at)
  if (closed === null) return null
  const then = at > now ? ` ${moment(at)}` : ''
  const from = closed.opensAt === null ? '' : `, which is ${moment(closed.opensAt)}`
  return refuse(
    'not now',
    `the first stage may take no station${then}: ${closed.why}`,
    closed.kind === 'freeze'
      ? `Lift the freeze, or start it with a start time after it${from}.`
      : `Start it with a start time within the hours${from}.`,
  )
}

function orderOf(stations: Station[], plan: Plan, seed: string) {
  return orderStations(stations, { seed, handPicked: plan.handPicked, progression: plan.progression })
}

function planFaults(issues: { path: PropertyKey[]; message: string }[]): string {
  return issues.map((issue) => `plan.${issue.path.join('.')}: ${issue.message}`).join('; ')
}
