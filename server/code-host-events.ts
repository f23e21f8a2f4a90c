// What code hosts tell, turned into builds: a push registers them, what is reported of its commit makes them ready or failed.
import { addLogLines } from '../db/build-logs.ts'
import { buildOfVersion, buildsOfCommit } from '../db/builds.ts'
import type { Database, Db } from '../db/client.ts'
import { forgetDeliveries, lockCommit, reportCommit, reportsOf, takeDelivery } from '../db/commit-reports.ts'
import { allProcedures, type Deployment, type Procedure } from '../db/registry.ts'
import { lockProcedure } from '../db/store-runs.ts'
import type { Builds, NewBuild } from './builds.ts'
import type { Actor } from './domain/actor.ts'
import {
  type CodeHostEvent,
  type CommitStatus,
  commitStatus,
  type Pushed,
  type Reported,
  reportBody,
  touches,
  versionsOf,
} from './domain/code-host.ts'
import { day, hour, type Instant } from './domain/instant.ts'
import { isRefusal } from './domain/rollout/commands.ts'

type Deps = { database: Database; builds: Builds; now: () => Instant }

/** `did`: a sentence for each procedure that it concerned. `ignored`: why nothing was done. */
export type Taken = { did: string[]; ignored: string | null; takenBefore: boolean }

const tidyEvery = hour
const deliveriesLast = 30 * day
const reportsLast = 90 * day

export function codeHostEvents({ database, builds, now }: Deps) {
  let tidiedAt = 0

  return {
    /** Each delivery once, in one transaction with what it does: what failed can be delivered again. */
    async take(delivery: string, event: CodeHostEvent): Promise<Taken> {
      const taken = await database.db.transaction(async (tx: Db): Promise<Taken> => {
        if (!(await takeDelivery(tx, delivery, now()))) return { did: [], ignored: null, takenBefore: true }
        const did = await work(tx, event)
        return typeof did === 'string'
          ? { did: [], ignored: did, takenBefore: false }
          : { did, ignored: null, takenBefore: false }
      })
      if (now() - tidiedAt >= tidyEvery) {
        tidiedAt = now()
        const before = { taken: tidiedAt - deliveriesLast, reported: tidiedAt - reportsLast }
        await forgetDeliveries(database.db, before)
      }
      return taken
    },
  }

  /** What it did; or, as a string, why nothing. */
  async function work(tx: Db, event: CodeHostEvent): Promise<string[] | string> {
    if (event.kind === 'ignored') return event.why
    const procedures = await proceduresOf(tx, event.repository)
    if (procedures.length === 0)
      return `no procedure has the repository ${event.repository}: set it with PATCH /api/v1/procedures/{id}`
    await lockCommit(tx, event.repository, event.sha)
    return event.kind === 'push' ? push(tx, event, procedures) : report(tx, event, procedures)
  }

  async function push(tx: Db, event: Pushed, procedures: Procedure[]): Promise<string[] | string> {
    const ofBranch = procedures.filter((each) => each.productionBranch === event.branch)
    if (ofBranch.length === 0)
      return `${event.branch} is no production branch of ${named(procedures)}: builds come from ${branches(procedures)}`
    const { repository, sha, pusher } = event
    const body = reportBody.parse({ name: `push to ${event.branch}`, by: pusher })
    const at = new Date(now())
    await reportCommit(tx, { repository, sha, kind: 'push', key: '', rank: 0, state: 'passed', body, at })
    const touched = ofBranch.filter((each) => touches(event, each.repository?.path ?? ''))
    if (touched.length === 0) return `its commits touch no folder of ${named(ofBranch)}`
    const did: string[] = []
    for (const procedure of touched) did.push(await pushed(tx, event, procedure))
    return did
  }

  async function pushed(tx: Db, event: Pushed, procedure: Procedure): Promise<string> {
    await lockProcedure(tx, procedure.id)
    const known = (await buildsOfCommit(tx, procedure.id, event.sha)).find(
      (each) => each.environment === 'production',
    )
    if (known) return `${procedure.name}: ${known.version} is the build of this commit already`
    const { status, why, artifactUrl, artifactSha256 } = await statusOf(tx, event)
    const made = await register(tx, procedure, versionsOf(event.branch, event.sha), {
      ...bare(procedure, event),
      commitMessage: event.message,
      commitAuthor: event.author,
      commitBranch: event.branch,
      environment: 'production',
      status,
      artifactUrl,
      artifactSha256,
      why,
      by: pushedBy(event.pusher),
    })
    return `${procedure.name}: registered ${made.version}, ${made.status}`
  }

  async function report(tx: Db, event: Reported, procedures: Procedure[]): Promise<string[] | string> {
    const { kind, repository, sha, key, rank, state, body } = event
    const ofBranch = procedures.filter(
      ({ productionBranch }) => event.branch === null || productionBranch === event.branch,
    )
    if (kind === 'workflow' && ofBranch.length === 0)
      return `${body.name} ran for ${event.branch}, which is no production branch of ${named(procedures)}`
    const isNewer = await reportCommit(tx, {
      repository,
      sha,
      kind,
      key,
      rank,
      state,
      body,
      at: new Date(now()),
    })
    if (!isNewer) return `something newer is known of ${body.name} already`
    if (kind === 'deployment' && !body.isProduction) return preview(tx, event, procedures)
    const did: string[] = []
    for (const procedure of procedures) {
      await lockProcedure(tx, procedure.id)
      for (const build of await buildsOfCommit(tx, procedure.id, sha))
        if (build.source === 'github' && build.environment === 'production')
          did.push(await settle(tx, event, procedure, build))
    }
    return did.length > 0
      ? did
      : `no build of ${sha} is registered: it is kept until the push of that commit arrives`
  }

  /** Brings a build to where the reports of its commit say that it is. */
  async function settle(tx: Db, event: Reported, { name }: Procedure, build: Deployment): Promise<string> {
    const { status, why, artifactUrl, artifactSha256 } = await statusOf(tx, event)
    const by = pushedBy((await pusherOf(tx, event)) ?? build.commitAuthor)
    // A workflow that runs once more takes nothing away from a build that is ready.
    const next = build.status === 'ready' && status === 'building' ? undefined : status
    const changed = await builds.within(tx).change(
      build.id,
      {
        status: next,
        artifactUrl: artifactUrl ?? undefined,
        artifactSha256: artifactSha256 ?? undefined,
      },
      why,
      by,
    )
    if (isRefusal(changed)) {
      await log(tx, build, 'error', `${event.body.name}: ${changed.why}`)
      return `${name}: ${build.version} stays as it is: ${changed.why}`
    }
    if (why !== null && build.status !== 'failed') await log(tx, build, 'error', why)
    return `${name}: ${build.version} is ${changed.build.status}`
  }

  async function preview(tx: Db, event: Reported, procedures: Procedure[]): Promise<string[] | string> {
    const { sha, state, body, branch, key } = event
    if (state === 'running') return `${body.name} has not ended yet`
    const did: string[] = []
    for (const procedure of procedures) {
      await lockProcedure(tx, procedure.id)
      const known = await buildsOfCommit(tx, procedure.id, sha)
      if (!isFor(procedure, body.procedures, known)) continue
      const versions = versionsOf(`${key}/${branch ?? procedure.productionBranch}`, sha)
      const same = known.find((each) => each.environment === 'preview' && versions.includes(each.version))
      const [other] = known
      const to = {
        status: state === 'passed' ? ('ready' as const) : ('failed' as const),
        artifactUrl: body.artifactUrl,
        artifactSha256: body.artifactSha256,
      }
      const why = state === 'failed' ? `${body.name} ended in ${body.ended}` : null
      const by = actor(`GitHub, deployment by ${body.by ?? 'a program'}`)
      if (same) {
        const changed = await builds.within(tx).change(same.id, to, why, by)
        did.push(
          isRefusal(changed)
            ? `${procedure.name}: ${same.version} stays as it is: ${changed.why}`
            : `${procedure.name}: the preview ${same.version} is ${to.status}`,
        )
        continue
      }
      const made = await register(tx, procedure, versions, {
        ...bare(procedure, event),
        commitMessage: other?.commitMessage ?? body.description ?? `${body.name} of ${branch ?? sha}`,
        commitAuthor: other?.commitAuthor ?? body.by ?? 'unknown',
        commitBranch: branch,
        environment: 'preview',
        ...to,
        why,
        by,
      })
      did.push(`${procedure.name}: registered the preview ${made.version}, ${made.status}`)
    }
    return did.length > 0
      ? did
      : `whose preview it is cannot be told: name the procedure in the deployment's payload as "procedure"`
  }

  /** Under the first of the versions that is free. */
  async function register(
    tx: Db,
    procedure: Procedure,
    versions: string[],
    { why, by, ...build }: Omit<NewBuild, 'version'> & { why: string | null; by: Actor },
  ): Promise<Deployment> {
    for (const version of versions) {
      if (await buildOfVersion(tx, procedure.id, version)) continue
      const made = await builds.within(tx).register({ ...build, version }, why, by)
      if (isRefusal(made)) throw new Error(`a free version was refused: ${made.why}`)
      if (why !== null) await log(tx, made.build, 'error', why)
      return made.build
    }
    throw new Error(`each version of commit ${build.commitSha} is taken: ${versions.join(', ')}`)
  }

  function log(tx: Db, build: Deployment, level: 'error' | 'info', message: string): Promise<number> {
    return addLogLines(tx, build, [{ at: new Date(now()), level, message: message.slice(0, 4000) }])
  }
}

/** In one order everywhere: two events that lock several procedures never wait for each other. */
async function proceduresOf(tx: Db, repository: string): Promise<Procedure[]> {
  const all = await allProcedures(tx)
  return all
    .filter(
      ({ repository: own }) =>
        own?.provider === 'github' && `${own.owner}/${own.name}`.toLowerCase() === repository,
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

async function statusOf(tx: Db, commit: { repository: string; sha: string }): Promise<CommitStatus> {
  const reports = await reportsOf(tx, commit.repository, commit.sha)
  return commitStatus(reports.map((each) => ({ ...each, body: reportBody.parse(each.body) })))
}

async function pusherOf(tx: Db, commit: { repository: string; sha: string }): Promise<string | null> {
  const reports = await reportsOf(tx, commit.repository, commit.sha)
  const push = reports.find((each) => each.kind === 'push')
  return push ? reportBody.parse(push.body).by : null
}

/** Named; or else it has a build of the commit, or the repository to itself. */
function isFor(procedure: Procedure, asked: string[], known: Deployment[]): boolean {
  if (asked.length === 0) return known.length > 0 || procedure.repository?.path === ''
  const names = [procedure.id, procedure.name, procedure.identifier ?? procedure.name]
  return asked.some((each) => names.some((name) => name.toLowerCase() === each.toLowerCase()))
}

function bare({ id }: Procedure, { sha }: { sha: string }) {
  return {
    procedureId: id,
    commitSha: sha,
    artifactMetadata: {},
    labels: [],
    expectation: null,
    expectedYieldChange: null,
    source: 'github' as const,
  }
}

function pushedBy(pusher: string): Actor {
  return actor(`GitHub, push by ${pusher}`)
}

function actor(name: string): Actor {
  return { kind: 'program', id: 'github', name, door: 'api' }
}

function named(procedures: Procedure[]): string {
  return procedures.map((each) => each.name).join(', ')
}

function branches(procedures: Procedure[]): string {
  return [...new Set(procedures.map((each) => each.productionBranch))].join(', ')
}
