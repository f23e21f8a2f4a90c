// Keeps a rollout of a new build going on every procedure; every third build is a bad one. Each start is asked for twice.
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type DeploymentId, deploymentId, type ProcedureId } from '../../../server/domain/ids.ts'
import type { Fleet } from '../../speed/fleet.ts'
import { adminToken } from '../../speed/servers/service.ts'
import type { Fault } from '../torture.ts'
import type { Ask } from './anywhere.ts'

export type Starts = {
  isBad(build: string): boolean
  started(): number
  faults: Fault[]
  stop(): Promise<void>
}

const rollout = z.object({ rollout: z.object({ id: z.string() }) })
const live = z.object({ data: z.array(z.unknown()) })

const stages = [
  { target: { stations: 1 }, soak: { minutes: 0, first_attempts: 3 } },
  { target: { share: 0.6 }, soak: { minutes: 0, first_attempts: 5 } },
  { target: { share: 1 }, soak: { minutes: 0, first_attempts: 8 } },
]
/** From the last strike on; all processes serve by then. */
const givenUpAfterMs = 30_000
/** Decided on some ten runs: what is looked at here is who decides, and how often. */
const gates = [{ metric: 'error rate', comparison: 'absolute', objective: 0.9 }]

export function starts(fleets: Fleet[], ask: Ask): Starts {
  const bad = new Set<string>()
  const faults: Fault[] = []
  let started = 0
  let isStopped = false
  let isGivenUp = false

  async function keepGoing(procedureId: ProcedureId): Promise<void> {
    for (let number = 2; !isStopped; ) {
      await pause(400)
      const answer = await ask('GET', `/api/v1/rollouts?live=true&procedure_id=${procedureId}`, adminToken)
      const found = live.safeParse(answer?.body)
      if (!found.success || found.data.data.length > 0) continue
      const build = await registered(procedureId, number)
      if (build === null) continue
      if (number % 3 === 0) bad.add(build)
      number += 1
      await startTwice(procedureId, build)
    }
  }

  async function registered(procedureId: ProcedureId, number: number): Promise<DeploymentId | null> {
    const body = {
      procedure_id: procedureId,
      version: `t${number}`,
      commit: { sha: number.toString(16).padStart(40, '0'), message: `build ${number}`, author: 'Ana' },
      environment: 'production',
      artifact_url: `https://builds.example/t${number}.tar.gz`,
      artifact_sha256: number.toString(16).padStart(64, '0'),
    }
    const answer = await ask('POST', '/api/v1/deployments', adminToken, { body })
    return z.object({ id: deploymentId }).safeParse(answer?.body).data?.id ?? null
  }

  async function startTwice(procedureId: ProcedureId, build: DeploymentId): Promise<void> {
    const body = {
      procedure_id: procedureId,
      deployment_id: build,
      stages,
      gates,
      watch_minutes: 1,
      reason: 'tortured',
      command_id: `start ${build}`,
    }
    const once = async () => {
      // However long no process serves: a machine with too much to do takes half a minute for a start.
      while (!isGivenUp) {
        const answer = await ask('POST', '/api/v1/rollouts', adminToken, { body })
        if (answer !== null && answer.status < 500)
          return rollout.safeParse(answer.body).data?.rollout.id ?? `refused: ${JSON.stringify(answer.body)}`
        await pause(100)
      }
      return null
    }
    const ids = new Set((await Promise.all([once(), once()])).filter((id) => id !== null))
    started += 1
    const [id] = ids
    if (ids.size > 1 || id?.startsWith('refused'))
      faults.push({ promise: 'one start however often it is sent', seen: `${build}: ${[...ids].join(', ')}` })
  }

  const all = Promise.all(fleets.map(({ procedureId }) => keepGoing(procedureId)))
  all.catch(() => {})
  return {
    isBad: (build) => bad.has(build),
    started: () => started,
    faults,
    async stop() {
      isStopped = true
      // On a machine with too much to do, tries that are each waited for could go on for half an hour.
      const patience = setTimeout(() => {
        isGivenUp = true
      }, givenUpAfterMs)
      await all
      clearTimeout(patience)
    },
  }
}
