// A production build that became ready starts its rollout by itself where its procedure wants that; else it is said why not.

import { rolloutsOf } from '../db/build-facts.ts'
import { lastPushSwitch, newerCandidate } from '../db/builds.ts'
import type { Db } from '../db/client.ts'
import { type Deployment, deploymentById, type Procedure, recordProcedureEvent } from '../db/registry.ts'
import type { Deliveries } from './apply-command.ts'
import type { Actor } from './domain/actor.ts'
import type { Instant } from './domain/instant.ts'
import { presetPlan } from './domain/presets.ts'
import { isRefusal } from './domain/rollout/commands.ts'
import { liveRollout } from './live-rollout.ts'
import type { BuildPush } from './service.ts'
import { startRollout } from './start-rollout.ts'

type Pushed = { procedure: Procedure; build: Deployment; by: Actor; at: Instant; deliveries: Deliveries }

/**
 * In the caller's transaction, under the procedure's lock: never two rollouts, and a refusal is a value that leaves the
 * registration as it is. Null where nobody has asked for automatic pushes.
 */
export async function pushBuild(tx: Db, pushed: Pushed): Promise<BuildPush | null> {
  const { procedure, build, by, at } = pushed
  const result = procedure.autoPush ? await started(tx, pushed) : await switchedOff(tx, procedure)
  if (result === null) return null
  const body = { deploymentId: build.id, ...result, by }
  await recordProcedureEvent(tx, { procedureId: procedure.id, type: 'Pushed', body, at: new Date(at) })
  return result
}

async function started(tx: Db, { procedure, build, by, at, deliveries }: Pushed): Promise<BuildPush> {
  const why = await heldBecause(tx, procedure, build)
  if (why !== null) return held(why)
  const input = {
    procedureId: procedure.id,
    deploymentId: build.id,
    plan: presetPlan('standard', procedure.soakMinutes ?? undefined),
    reason: subject(build),
  }
  const outcome = await startRollout(tx, input, programOf(by), at, deliveries)
  return isRefusal(outcome) ? held(outcome.why) : { rolloutId: outcome.id, held: null }
}

/** A rollback switches pushes off until somebody wants them again; where they were never on there is nothing to say. */
async function switchedOff(tx: Db, procedure: Procedure): Promise<BuildPush | null> {
  const last = await lastPushSwitch(tx, procedure.id)
  if (last === null || last.rolledBackTo === null) return null
  return held(`automatic pushes are off since ${last.by.name} rolled back to ${last.rolledBackTo}`)
}

/** What a person who starts would see and decide on; the rest is the start's own to refuse. */
async function heldBecause(tx: Db, procedure: Procedure, build: Deployment): Promise<string | null> {
  if (procedure.activeDeploymentId === null) return 'there is no active build to compare it with'
  const live = await liveRollout(tx, procedure.id)
  if (live) {
    const version = (await deploymentById(tx, live.deploymentId))?.version ?? 'another build'
    return live.status === 'aborting'
      ? `the aborted rollout of ${version} still waits for stations to return to base`
      : `the rollout of ${version} is live, started by ${live.owner.name}`
  }
  if ((await rolloutsOf(tx, build)).length > 0) return 'it was rolled out before'
  const newer = await newerCandidate(tx, build)
  return newer === null ? null : `a newer build, ${newer}, is ready`
}

function held(why: string): BuildPush {
  return { rolloutId: null, held: why }
}

function subject({ commitMessage }: Deployment): string | null {
  return commitMessage.trim().split('\n', 1)[0]?.trim().slice(0, 500) || null
}

/** Nobody decided this start: it is a program's, named after where the build came from. */
function programOf(by: Actor): Actor {
  const name = by.door === 'command line' ? `command line, by ${by.name}` : by.name
  return { ...by, kind: 'program', name }
}
