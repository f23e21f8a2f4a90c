// The few questions of the administrator's API that setting up a factory needs.
import { z } from 'zod'
import { fateOf } from '../../clients/station/fate.ts'
import { type Answer, httpClient, type Request, wordsOf } from '../../clients/station/http-client.ts'
import { type Pause, retryWaitMs } from '../../clients/station/retry-wait.ts'
import type { PeoplePolicy } from './people-policy.ts'
import type { ProcedurePolicy } from './procedure-policy.ts'

const created = z.object({ id: z.string() })
const conflict = z.object({ id: z.string() })
const createdStation = z.object({ id: z.string(), key: z.string() })
const policyAnswer = z.object({
  version: z.int(),
  effective: z.object({ gates: z.array(z.object({ name: z.string() }).loose()) }),
})
const batchAnswer = z.object({ results: z.array(z.object({ status: z.int() }).loose()) })

/** A server that starts may be away for a while; one that stays away is a fault to report. */
const mostAttempts = 12

export type NewStation = {
  name: string
  site: string
  line: string
  tags: string[]
  fixtures: string[]
  procedure_ids: string[]
}
export type NewProcedure = {
  name: string
  time_limit_seconds: number
  soak_minutes?: number
  slack_channel?: string
}
export type NewDeployment = {
  procedure_id: string
  version: string
  commit: { sha: string; message: string; branch: string; author: string }
  environment: 'production'
  status: 'ready'
  artifact_url: string
  artifact_sha256: string
  labels: string[]
}

export type AdminApi = ReturnType<typeof adminApi>

/** Every function throws an error that says what was asked and what the server answered. */
export function adminApi(deps: { url: string; adminToken: string; pause: Pause; signal: AbortSignal }) {
  const request = httpClient({ url: deps.url, token: deps.adminToken })

  /** The id of the procedure with this name, which may be there already. */
  async function procedure(body: NewProcedure): Promise<string> {
    const answer = await ask({ method: 'POST', path: '/api/v1/procedures', body })
    if (answer.status === 409) {
      const there = conflict.safeParse(answer.body)
      if (there.success) return there.data.id
    }
    return read(created, answer, `create the procedure ${body.name}`).id
  }

  async function deployment(body: NewDeployment): Promise<string> {
    const answer = await ask({ method: 'POST', path: '/api/v1/deployments', body })
    return read(created, answer, `create the deployment ${body.version}`).id
  }

  async function station(body: NewStation): Promise<{ id: string; key: string }> {
    const answer = await ask({ method: 'POST', path: '/api/v1/stations', body })
    if (answer.status === 409)
      throw new Error(
        `A station named ${body.name} is there already, and its key was shown only once. Start with an empty data directory.`,
      )
    return read(createdStation, answer, `create the station ${body.name}`)
  }

  async function hold(stationId: string, reason: string): Promise<void> {
    const path = `/api/v1/stations/${stationId}/hold`
    read(z.unknown(), await ask({ method: 'PUT', path, body: { reason } }), 'hold a station')
  }

  async function activate(procedureId: string, deploymentId: string, reason: string): Promise<void> {
    const answer = await ask({
      method: 'PUT',
      path: `/api/v1/procedures/${procedureId}/active-deployment`,
      body: { deployment_id: deploymentId, reason },
    })
    read(z.unknown(), answer, 'make the base deployment the active one')
  }

  /** Of a procedure that has no policy of its own yet. One that has keeps it. */
  async function policy(procedureId: string, asked: ProcedurePolicy, reason: string): Promise<void> {
    const path = `/api/v1/procedures/${procedureId}/policy`
    const answer = await ask({ method: 'GET', path })
    const { version, effective } = read(policyAnswer, answer, 'read the policy of the procedure')
    if (version > 0) return
    const policy = bodyOf(asked, effective.gates)
    const body = { policy, expected_version: version, reason }
    read(z.unknown(), await ask({ method: 'PUT', path, body }), 'set the policy of the procedure')
  }

  /** Of an organisation that has no policy of its own yet. One that has keeps it. */
  async function people(asked: PeoplePolicy, reason: string): Promise<void> {
    const path = '/api/v1/policy'
    const { version } = read(policyAnswer, await ask({ method: 'GET', path }), 'read the policy of all')
    if (version > 0) return
    const body = { policy: asked, expected_version: version, reason }
    read(z.unknown(), await ask({ method: 'PUT', path, body }), 'set the policy of all')
  }

  async function runs(bodies: readonly unknown[]): Promise<void> {
    const answer = await ask({ method: 'POST', path: '/api/v1/runs/batch', body: { runs: bodies } })
    const { results } = read(batchAnswer, answer, 'store the runs of the past')
    const refused = results.filter((result) => result.status >= 400)
    if (refused.length > 0)
      throw new Error(
        `The server refused ${refused.length} of ${bodies.length} runs of the past, first: ${JSON.stringify(refused[0])}`,
      )
  }

  async function ask(one: Omit<Request, 'signal'>): Promise<Answer & { kind: 'answer' }> {
    for (let failures = 1; ; failures++) {
      const answer = await request({ ...one, signal: deps.signal })
      if (answer.kind === 'answer' && fateOf(answer) !== 'again') return answer
      if (failures === mostAttempts)
        throw new Error(
          `${one.method} ${one.path} had no answer in ${failures} attempts, last: ${wordsOf(answer)}`,
        )
      await deps.pause(retryWaitMs(answer, failures, 0.5), deps.signal)
    }
  }

  return { procedure, deployment, station, hold, activate, policy, people, runs }
}

function bodyOf(asked: ProcedurePolicy, gatesInForce: object[]): object {
  if ('riskClass' in asked) return { risk_class: asked.riskClass }
  if ('stageApprovals' in asked) return { stage_approvals: asked.stageApprovals, four_eyes: true }
  return { gates: [...gatesInForce, asked.gate] }
}

function read<Shape>(schema: z.ZodType<Shape>, answer: Answer & { kind: 'answer' }, task: string): Shape {
  const parsed = schema.safeParse(answer.body)
  if (answer.status < 400 && parsed.success) return parsed.data
  throw new Error(`Could not ${task}: the server answered ${wordsOf(answer)}`)
}
