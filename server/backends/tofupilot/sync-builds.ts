// The builds of a procedure as TofuPilot has them: registered here, and brought up to date as they are built.
import { randomUUID } from 'node:crypto'
import { buildOfVersion } from '../../../db/builds.ts'
import type { Database, Db } from '../../../db/client.ts'
import { addDeployment, deploymentsById } from '../../../db/registry.ts'
import { lockProcedure } from '../../../db/store-runs.ts'
import { foreignBuilds, nameForeignBuild } from '../../../db/tofupilot-links.ts'
import type { Builds, NewBuild } from '../../builds.ts'
import type { BuildStatus } from '../../domain/build-status.ts'
import { type DeploymentId, deploymentId, type ProcedureId } from '../../domain/ids.ts'
import type { Instant } from '../../domain/instant.ts'
import { isRefusal } from '../../domain/rollout/commands.ts'
import { readTime } from '../../domain/time-text.ts'
import { byTofupilot } from './by-tofupilot.ts'
import type { ForeignDeployment } from './client.ts'

type Deps = { database: Database; builds: Builds; now: () => Instant }

/**
 * What was there before the procedure was linked is history: it gets no card and starts nothing.
 * @param listed in any order.
 */
export async function syncBuilds(
  { database, builds, now }: Deps,
  { procedureId, linkedAt }: { procedureId: ProcedureId; linkedAt: Date },
  listed: ForeignDeployment[],
): Promise<void> {
  const present = new Map(
    [...(await foreignBuilds(database.db, procedureId))].map(([id, name]) => [name, id]),
  )
  const known = await deploymentsById(database.db, [...present.values()])
  // Recorded for the audit there, and never built.
  const real = listed.filter(({ skipped }) => !skipped).toSorted(byAge)
  for (const each of real) {
    const id = present.get(each.id)
    const status = statusOf(each)
    if (id === undefined) await database.db.transaction((tx: Db) => register(tx, each))
    else if (known.get(id)?.status !== status) await bring(id, status)
  }

  async function register(tx: Db, each: ForeignDeployment): Promise<void> {
    await lockProcedure(tx, procedureId)
    const build = await newBuild(tx, each)
    const at = readTime(each.deployed_at)?.at ?? now()
    const id =
      at < linkedAt.getTime()
        ? (
            await addDeployment(tx, {
              ...build,
              id: deploymentId.parse(randomUUID()),
              createdAt: new Date(at),
            })
          )?.id
        : await announce(tx, build)
    if (id) await nameForeignBuild(tx, { deploymentId: id, procedureId, foreignId: each.id })
  }

  async function announce(tx: Db, build: NewBuild): Promise<DeploymentId | undefined> {
    const registered = await builds.within(tx).register(build, failedWhy(build.status), byTofupilot)
    return isRefusal(registered) ? registered.id : registered.build.id
  }

  /** A build that goes back, or was rolled out already, stays as it is known here. */
  async function bring(id: DeploymentId, status: BuildStatus): Promise<void> {
    await builds.change(id, { status }, failedWhy(status), byTofupilot)
  }

  async function newBuild(tx: Db, each: ForeignDeployment): Promise<NewBuild> {
    const { commit } = each
    return {
      procedureId,
      version: await freeVersion(tx, each),
      commitSha: commit?.sha.toLowerCase() ?? '',
      commitMessage: commit?.message ?? '',
      commitBranch: commit?.branch ?? null,
      commitAuthor: commit?.author_username ?? 'TofuPilot',
      environment: environmentOf(each.environment),
      status: statusOf(each),
      artifactUrl: null,
      artifactSha256: null,
      artifactMetadata: { tofupilot_id: each.id },
      labels: [],
      expectation: null,
      expectedYieldChange: null,
      source: 'tofupilot',
    }
  }

  /** Deployments there have no name: the commit's, and their own where one commit was built twice. */
  async function freeVersion(tx: Db, { id, commit }: ForeignDeployment): Promise<string> {
    const short = commit?.sha.slice(0, 7) ?? id.slice(-8)
    const isTaken = (await buildOfVersion(tx, procedureId, short)) !== null
    return isTaken ? `${short} (${id.slice(-8)})` : short
  }
}

function byAge(a: ForeignDeployment, b: ForeignDeployment): number {
  return a.deployed_at.localeCompare(b.deployed_at)
}

function statusOf({ status }: ForeignDeployment): BuildStatus {
  return status === 'ready' || status === 'failed' || status === 'building' ? status : 'pending'
}

function failedWhy(status: BuildStatus): string | null {
  return status === 'failed' ? 'its build failed in TofuPilot' : null
}

function environmentOf(said: string): NewBuild['environment'] {
  return said === 'production' || said === 'preview' ? said : 'development'
}
