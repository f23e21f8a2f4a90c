// GitHub's payloads, read into what a code host tells. Keys that are not needed are not looked at.
import { z } from 'zod'
import { type CodeHostEvent, type Ignored, type Reported, reportBody } from '../domain/code-host.ts'
import { isWebAddress, webAddress } from '../domain/web-address.ts'

const repository = z
  .object({ full_name: z.string().min(3) })
  .transform(({ full_name }) => full_name.toLowerCase())
const sha = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/i)
  .toLowerCase()
/** PostgreSQL keeps no U+0000. */
const text = (most: number) => z.string().transform((words) => words.replaceAll('\u0000', '').slice(0, most))

const files = z.array(z.string()).default([])
const person = z.object({ name: text(300), username: z.string().nullish() })
const push = z.object({
  ref: z.string(),
  after: sha,
  deleted: z.boolean().default(false),
  repository,
  pusher: z.object({ name: text(300) }),
  head_commit: z.object({ message: text(10_000), author: person }).nullable(),
  commits: z.array(z.object({ added: files, modified: files, removed: files })).default([]),
})
const workflowRun = z.object({
  action: z.string(),
  repository,
  workflow_run: z.object({
    name: text(200).nullish(),
    workflow_id: z.int(),
    run_number: z.int(),
    run_attempt: z.int().default(1),
    head_branch: z.string().nullable(),
    head_sha: sha,
    event: z.string(),
    conclusion: z.string().nullable(),
    html_url: z.string().nullish(),
    head_repository: z.object({ full_name: z.string() }).nullish(),
  }),
})
const deploymentStatus = z.object({
  repository,
  deployment_status: z.object({
    id: z.int(),
    state: z.string(),
    environment: z.string().optional(),
    environment_url: z.string().nullish(),
    target_url: z.string().nullish(),
    log_url: z.string().nullish(),
    description: z.string().nullish(),
    creator: z.object({ login: z.string() }).nullish(),
  }),
  deployment: z.object({
    sha,
    ref: z.string(),
    environment: z.string(),
    production_environment: z.boolean().default(false),
    description: z.string().nullish(),
    payload: z.unknown(),
  }),
})

/** How many commits GitHub lists in a push at the most; of more it does not say what they changed. */
const mostCommits = 2048

/** @throws a ZodError when the payload is not what GitHub sends for that event. */
export function readGithubEvent(name: string, payload: unknown): CodeHostEvent {
  switch (name) {
    case 'push':
      return readPush(push.parse(payload))
    case 'workflow_run':
      return readWorkflow(workflowRun.parse(payload))
    case 'deployment_status':
      return readDeployment(deploymentStatus.parse(payload))
    default:
      return ignored(
        `events of the kind ${name} say nothing of a build: push, workflow_run and deployment_status do`,
      )
  }
}

function readPush({
  ref,
  after,
  deleted,
  head_commit: head,
  ...pushed
}: z.infer<typeof push>): CodeHostEvent {
  if (!ref.startsWith('refs/heads/')) return ignored(`${ref} is no branch: builds come from branches`)
  const branch = ref.slice('refs/heads/'.length)
  if (deleted || head === null) return ignored(`the branch ${branch} was deleted`)
  const { commits, pusher, repository } = pushed
  const isListed = commits.length > 0 && commits.length < mostCommits
  const touched = commits.flatMap((each) => [...each.added, ...each.modified, ...each.removed])
  return {
    kind: 'push',
    repository,
    branch,
    sha: after,
    message: head.message,
    author: head.author.name,
    // The login is all that is known of a pusher who is not the author.
    pusher: head.author.username === pusher.name ? head.author.name : pusher.name,
    touched: isListed ? [...new Set(touched)] : null,
  }
}

/** Of the same run and attempt its end is newer than its beginning. */
function readWorkflow({ action, repository, workflow_run: run }: z.infer<typeof workflowRun>): CodeHostEvent {
  const { event, head_branch: branch, conclusion } = run
  const name = `workflow ${run.name ?? run.workflow_id} #${run.run_number}`
  if (event !== 'push' && event !== 'workflow_dispatch')
    return ignored(`${name} was started by ${event}: builds follow pushes`)
  const from = run.head_repository?.full_name.toLowerCase() ?? repository
  if (from !== repository) return ignored(`${name} ran for the fork ${from}`)
  const state = action === 'completed' ? stateOf[conclusion ?? ''] : 'running'
  if (state === undefined) return ignored(`${name} ended as ${conclusion}, which says nothing of the build`)
  return {
    kind: 'workflow',
    repository,
    sha: run.head_sha,
    key: String(run.workflow_id),
    rank: (run.run_number * 1000 + run.run_attempt) * 2 + (action === 'completed' ? 1 : 0),
    state,
    branch,
    body: reportBody.parse({ name, ended: conclusion, url: run.html_url ?? null }),
  }
}

function readDeployment({
  repository,
  deployment_status: status,
  deployment,
}: z.infer<typeof deploymentStatus>): CodeHostEvent {
  const environment = deployment.environment
  const name = `deployment to ${environment}`
  const state = stateOf[status.state]
  if (state === undefined) return ignored(`${name} is ${status.state}, which says nothing of the build`)
  const said = readPayload(deployment.payload)
  return {
    kind: 'deployment',
    repository,
    sha: deployment.sha,
    key: environment.toLowerCase(),
    rank: status.id,
    state,
    branch: /^[0-9a-f]{40,}$/i.test(deployment.ref)
      ? null
      : deployment.ref.replace(/^refs\/(heads|tags)\//, ''),
    body: reportBody.parse({
      name,
      ended: status.state,
      url: status.log_url || status.target_url || null,
      by: status.creator?.login ?? null,
      isProduction: environment.toLowerCase() === 'production' || deployment.production_environment,
      artifactUrl: said.artifact_url ?? artifactAt(status),
      artifactSha256: said.artifact_sha256?.toLowerCase() ?? null,
      procedures: [said.procedure ?? []].flat(),
      description: deployment.description ?? null,
    }),
  }
}

/** The page of a job is no artifact. */
function artifactAt(status: z.infer<typeof deploymentStatus>['deployment_status']): string | null {
  const { environment_url, target_url, log_url } = status
  const isPage = target_url === log_url || /\/actions\/runs\//.test(target_url ?? '')
  const found = environment_url || (isPage ? null : target_url)
  return found && isWebAddress(found) ? found : null
}

const stateOf: Record<string, Reported['state'] | undefined> = {
  success: 'passed',
  failure: 'failed',
  error: 'failed',
  timed_out: 'failed',
  startup_failure: 'failed',
  cancelled: 'failed',
  queued: 'running',
  pending: 'running',
  in_progress: 'running',
  waiting: 'running',
}

const said = z
  .object({
    artifact_url: webAddress.optional().catch(undefined),
    artifact_sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/)
      .optional()
      .catch(undefined),
    procedure: z
      .union([z.string(), z.array(z.string()).max(50)])
      .optional()
      .catch(undefined),
  })
  .catch({})

/** Whoever creates a deployment chooses what is in it; GitHub gives it back as an object, or as the text it came in. */
function readPayload(payload: unknown): z.infer<typeof said> {
  if (typeof payload !== 'string') return said.parse(payload)
  try {
    return said.parse(JSON.parse(payload))
  } catch {
    return {}
  }
}

function ignored(why: string): Ignored {
  return { kind: 'ignored', why }
}
