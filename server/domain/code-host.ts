// What a code host tells of a repository, and what it comes to for the builds of a commit.
import { z } from 'zod'

/** Of an event that is nobody's business here: why. */
export type Ignored = { kind: 'ignored'; why: string }
export type Pushed = {
  kind: 'push'
  /** As owner/name, in lower case. */
  repository: string
  branch: string
  sha: string
  message: string
  author: string
  pusher: string
  /** Files that its commits changed; null where the host does not say, which may be all of them. */
  touched: string[] | null
}
export type Reported = {
  kind: 'workflow' | 'deployment'
  repository: string
  sha: string
  /** Which workflow, or which environment. */
  key: string
  /** Of two reports under one key the higher is the newer, whichever came first. */
  rank: number
  state: 'running' | 'passed' | 'failed'
  /** Null where the host does not name it. */
  branch: string | null
  body: ReportBody
}
export type CodeHostEvent = Pushed | Reported | Ignored

/** What is kept of a report. */
export const reportBody = z.object({
  /** "workflow Build #41", "deployment to production" */
  name: z.string(),
  /** How it ended, in the host's word: failure, timed_out. */
  ended: z.string().nullable().default(null),
  url: z.string().nullable().default(null),
  by: z.string().nullable().default(null),
  isProduction: z.boolean().default(false),
  artifactUrl: z.string().nullable().default(null),
  artifactSha256: z.string().nullable().default(null),
  /** Of a shared repository: whose build it is, by id, name or identifier. */
  procedures: z.array(z.string()).default([]),
  description: z.string().nullable().default(null),
})
export type ReportBody = z.infer<typeof reportBody>

export type CommitStatus = {
  status: 'building' | 'ready' | 'failed'
  why: string | null
  artifactUrl: string | null
  artifactSha256: string | null
}

/**
 * Of all that was reported of a commit, in whatever order it came: what has failed and was not run again fails the
 * build; a deployment to production that succeeded makes it ready, or, where none was begun, workflows that all passed.
 */
export function commitStatus(
  reports: { kind: 'push' | 'workflow' | 'deployment'; state: Reported['state']; body: ReportBody }[],
): CommitStatus {
  const workflows = reports.filter((each) => each.kind === 'workflow')
  const deployments = reports.filter((each) => each.kind === 'deployment' && each.body.isProduction)
  const deployed = deployments.find((each) => each.state === 'passed')
  const artifact = {
    artifactUrl: deployed?.body.artifactUrl ?? null,
    artifactSha256: deployed?.body.artifactSha256 ?? null,
  }
  const failed = [...workflows, ...deployments].filter((each) => each.state === 'failed')
  if (failed.length > 0)
    return { ...artifact, status: 'failed', why: failed.map(({ body }) => ended(body)).join('; ') }
  const allPassed = workflows.length > 0 && workflows.every((each) => each.state === 'passed')
  const isReady = deployed !== undefined || (deployments.length === 0 && allPassed)
  return { ...artifact, status: isReady ? 'ready' : 'building', why: null }
}

function ended({ name, ended: how, url }: ReportBody): string {
  return `${name} ended in ${how ?? 'failure'}${url === null ? '' : `: ${url}`}`
}

/** Whether a push is the business of a procedure that lives in this folder; empty: the whole repository. */
export function touches({ touched }: Pick<Pushed, 'touched'>, folder: string): boolean {
  if (folder === '' || touched === null) return true
  return touched.some((file) => file === folder || file.startsWith(`${folder}/`))
}

/** Names of a build, the shortest first: the first that is free is its version. */
export function versionsOf(of: string, sha: string): string[] {
  return [7, 12, sha.length].map((digits) => `${of}@${sha.slice(0, digits)}`)
}
