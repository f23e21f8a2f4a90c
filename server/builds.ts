// Builds for every door: registered, changed, promoted. One that becomes ready for production is told, and perhaps pushed.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { buildOfVersion, changeDeployment, wasOnStations } from '../db/builds.ts'
import type { Database, Db } from '../db/client.ts'
import {
  addDeployment,
  type Deployment,
  deploymentById,
  type Procedure,
  procedureById,
  recordProcedureEvent,
} from '../db/registry.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Deliveries } from './apply-command.ts'
import { pushBuild } from './auto-push.ts'
import { declare } from './definitions.ts'
import type { Actor } from './domain/actor.ts'
import { type BuildStatus, hasComeTo, mayNotBecome } from './domain/build-status.ts'
import { type DeploymentId, deploymentId } from './domain/ids.ts'
import type { Instant } from './domain/instant.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { liveRollout } from './live-rollout.ts'
import { refuse } from './refuse.ts'
import type { BuildPush, DeclareInput } from './service.ts'

type Deps = { database: Database; now: () => Instant; deliveries: Deliveries }

export type NewBuild = Pick<
  Deployment,
  | 'procedureId'
  | 'version'
  | 'commitSha'
  | 'commitMessage'
  | 'commitBranch'
  | 'commitAuthor'
  | 'environment'
  | 'status'
  | 'artifactUrl'
  | 'artifactSha256'
  | 'artifactMetadata'
  | 'labels'
  | 'expectation'
  | 'expectedYieldChange'
  | 'source'
>
const changeable = [
  'status',
  'labels',
  'artifactUrl',
  'artifactSha256',
  'artifactMetadata',
  'expectation',
  'expectedYieldChange',
] as const
/** What is not named stays. */
export type BuildChange = { [Key in (typeof changeable)[number]]?: Deployment[Key] | undefined }

/** `isNew`: false where it was registered before. `push`: null where nobody wants builds to start by themselves. */
export type Registered = { build: Deployment; isNew: boolean; push: BuildPush | null }
export type Changed = { build: Deployment; push: BuildPush | null }
/** Which build is in the way. */
export type BuildRefusal = Refusal & { id?: DeploymentId }

export type Builds = ReturnType<typeof builds>

/** Each is one transaction; with `within` it is part of the caller's. */
export function builds({ database, now, deliveries }: Deps) {
  return {
    /** `declared`: what its author says that it tests. */
    register: (
      build: NewBuild,
      why: string | null,
      by: Actor,
      declared: DeclareInput = {},
    ): Promise<Registered | BuildRefusal> =>
      database.db.transaction((tx) => register(tx, build, why, by, declared)),
    change: (id: DeploymentId, change: BuildChange, why: string | null, by: Actor) =>
      database.db.transaction((tx) => changed(tx, id, change, why, by)),
    promote: (id: DeploymentId, why: string, by: Actor): Promise<Changed | Refusal> =>
      database.db.transaction((tx) => promote(tx, id, why, by)),
    within: (tx: Db) => ({
      register: (build: NewBuild, why: string | null, by: Actor) => register(tx, build, why, by),
      change: (id: DeploymentId, change: BuildChange, why: string | null, by: Actor) =>
        changed(tx, id, change, why, by),
    }),
  }

  async function register(
    tx: Db,
    asked: NewBuild,
    why: string | null,
    by: Actor,
    declared: DeclareInput = {},
  ): Promise<Registered | BuildRefusal> {
    const { procedureId } = asked
    await lockProcedure(tx, procedureId)
    const procedure = await procedureById(tx, procedureId)
    if (!procedure)
      return refuse('not found', 'there is no such procedure', 'Look at the list of procedures.')
    const present = await buildOfVersion(tx, procedureId, asked.version)
    if (present) {
      const other = differs(procedure, present, asked)
      return other ? { ...other, id: present.id } : { build: present, isNew: false, push: null }
    }
    const build = await addDeployment(tx, {
      ...asked,
      id: deploymentId.parse(randomUUID()),
      createdAt: new Date(now()),
    })
    if (!build) throw new Error(`version ${asked.version} was taken under the procedure's lock`)
    await recordStatus(tx, build, null, why, by)
    // Before it may start by itself: its first stage is held by what is not declared.
    if (declared.definition || declared.changes) await declare(tx, build, declared, by, now())
    return {
      build,
      isNew: true,
      push: isCandidate(build) ? await becameReady(tx, procedure, build, by) : null,
    }
  }

  async function changed(
    tx: Db,
    id: DeploymentId,
    change: BuildChange,
    why: string | null,
    by: Actor,
  ): Promise<Changed | Refusal> {
    const found = await locked(tx, id)
    if (!found) return noBuild
    const { build, procedure } = found
    const fields = differing(build, change)
    if (Object.keys(fields).length === 0) return { build, push: null }
    const no = await mayNotChange(tx, procedure, build, fields, why)
    if (no) return no
    const after = await changeDeployment(tx, id, fields)
    if (!after) throw new Error(`build ${id} is gone under the procedure's lock`)
    if (after.status !== build.status) await recordStatus(tx, after, build.status, why, by)
    const isNews = isCandidate(after) && !isCandidate(build)
    if (isNews) return { build: after, push: await becameReady(tx, procedure, after, by) }
    if (isCandidate(build)) await tell(tx, after)
    return { build: after, push: null }
  }

  async function promote(tx: Db, id: DeploymentId, why: string, by: Actor): Promise<Changed | Refusal> {
    const found = await locked(tx, id)
    if (!found) return noBuild
    const { build, procedure } = found
    if (build.environment === 'production') {
      if (build.promoted) return { build, push: null }
      return refuse(
        'not now',
        `${procedure.name} ${build.version} was registered as a production build`,
        'There is nothing to promote: start its rollout.',
      )
    }
    if (build.status === 'failed')
      return refuse(
        'not now',
        `the build of ${procedure.name} ${build.version} failed`,
        'Build it again and set its status to ready, or promote another one.',
      )
    const promoted = { by, at: now(), from: build.environment, why }
    const after = await changeDeployment(tx, id, { environment: 'production', promoted })
    if (!after) throw new Error(`build ${id} is gone under the procedure's lock`)
    return { build: after, push: isCandidate(after) ? await becameReady(tx, procedure, after, by) : null }
  }

  async function locked(
    tx: Db,
    id: DeploymentId,
  ): Promise<{ build: Deployment; procedure: Procedure } | null> {
    const seen = await deploymentById(tx, id)
    if (!seen) return null
    await lockProcedure(tx, seen.procedureId)
    const build = await deploymentById(tx, id)
    const procedure = await procedureById(tx, seen.procedureId)
    return build && procedure && { build, procedure }
  }

  /** Whichever way it came: its card is posted once, and its rollout started where that is wanted and possible. */
  async function becameReady(
    tx: Db,
    procedure: Procedure,
    build: Deployment,
    by: Actor,
  ): Promise<BuildPush | null> {
    await tell(tx, build)
    return pushBuild(tx, { procedure, build, by, at: now(), deliveries })
  }

  function tell(tx: Db, { id, procedureId }: Deployment): Promise<void> {
    return deliveries.send(tx, { kind: 'build', procedureId, deploymentId: id })
  }

  async function recordStatus(
    tx: Db,
    { id, procedureId, status }: Deployment,
    from: BuildStatus | null,
    why: string | null,
    by: Actor,
  ): Promise<void> {
    const body = { deploymentId: id, from, to: status, why, by }
    await recordProcedureEvent(tx, { procedureId, type: 'BuildStatus', body, at: new Date(now()) })
  }
}

const noBuild = refuse('not found', 'there is no such deployment', 'Look at the list of builds.')

/** It may be rolled out, and is told where its procedure is discussed. */
function isCandidate({ environment, status }: Deployment): boolean {
  return environment === 'production' && status === 'ready'
}

/** Only what is to be another than it is: the same words again are no change. */
function differing(build: Deployment, change: BuildChange): BuildChange {
  const isOther = (key: keyof BuildChange) =>
    change[key] !== undefined && !isDeepStrictEqual(change[key], build[key])
  return Object.fromEntries(changeable.filter(isOther).map((key) => [key, change[key]]))
}

async function mayNotChange(
  tx: Db,
  { name }: Procedure,
  build: Deployment,
  change: BuildChange,
  why: string | null,
): Promise<Refusal | null> {
  const touchesArtifact = (['artifactUrl', 'artifactSha256', 'artifactMetadata'] as const).some(
    (key) => change[key] !== undefined,
  )
  const { status } = change
  if (status === 'failed' && (why === null || why.trim() === ''))
    return refuse(
      'invalid',
      'a build that failed needs a reason, got none',
      'Say in a few words why it failed.',
    )
  const withdraws = status === 'failed' && build.status === 'ready'
  if (!touchesArtifact && status === undefined) return null
  const wasRolledOut = (touchesArtifact || withdraws) && (await isOut(tx, build))
  if (touchesArtifact && wasRolledOut)
    return refuse(
      'not now',
      `${name} ${build.version} was rolled out: stations may have pulled its artifact, which changes no more`,
      'Register another version with the other artifact.',
    )
  const no = status === undefined ? null : mayNotBecome(build.status, status, wasRolledOut)
  if (no === null) return null
  const next = withdraws ? 'Abort its rollout, or roll back.' : 'Register another version.'
  return refuse('not now', `${name} ${build.version} ${no}`, next)
}

/** Stations have it, had it, or are about to. */
async function isOut(tx: Db, build: Deployment): Promise<boolean> {
  const live = await liveRollout(tx, build.procedureId)
  return live?.deploymentId === build.id || (await wasOnStations(tx, build))
}

/** Why the same version again is not the same build; null when it is. */
function differs({ name }: Procedure, present: Deployment, asked: NewBuild): Refusal | null {
  const taken = `${name} already has a build "${present.version}"`
  const no = (what: string, next: string) => refuse('not now', `${taken}, ${what}`, next)
  if (present.commitSha !== asked.commitSha)
    return no(
      `of commit ${present.commitSha}, not ${asked.commitSha}`,
      'Give this commit a version of its own.',
    )
  const { artifactUrl: url, artifactSha256: sha256 } = asked
  if ((url !== null && url !== present.artifactUrl) || (sha256 !== null && sha256 !== present.artifactSha256))
    return no(
      `with ${present.artifactUrl === null ? 'no artifact' : 'another artifact'}`,
      'While it was not rolled out its artifact can be changed (PATCH, or firstpass deploy status); else register another version.',
    )
  if (present.environment !== asked.environment && present.promoted?.from !== asked.environment)
    return no(
      `as a ${present.environment} build`,
      present.environment === 'production' ? 'Use it as it is.' : 'Promote it to production.',
    )
  if (!hasComeTo(present.status, asked.status))
    return no(`which is ${present.status}`, `Set its status to ${asked.status} instead.`)
  return null
}
