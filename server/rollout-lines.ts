// Rollouts in one line each, and the parts that a line and a whole view name alike.
import type { Db } from '../db/client.ts'
import { type Deployment, deploymentsById, type Procedure, proceduresById } from '../db/registry.ts'
import { rolloutRows } from '../db/rollout-storage.ts'
import type { ProcedureId, RolloutId } from './domain/ids.ts'
import type { DeploymentSummary, RolloutLine } from './domain/rollout-view.ts'

export async function rolloutLines(
  db: Db,
  filter: { live?: boolean; procedureId?: ProcedureId; limit?: number },
  pageUrl: (id: RolloutId) => string,
): Promise<RolloutLine[]> {
  const found = await rolloutRows(db, filter)
  const procedures = await proceduresById(db, [...new Set(found.map((row) => row.procedureId))])
  const builds = await deploymentsById(db, [
    ...new Set(found.flatMap((row) => [row.deploymentId, row.baseDeploymentId])),
  ])
  return found.map(({ state, ...row }) => {
    const procedure = procedures.get(row.procedureId)
    const deployment = builds.get(row.deploymentId)
    const base = builds.get(row.baseDeploymentId)
    if (!procedure || !deployment || !base)
      throw new Error(`rollout ${row.id} names a procedure or a deployment that is gone`)
    return {
      id: row.id,
      url: pageUrl(row.id),
      procedure: procedureInView(procedure),
      deployment: deploymentSummary(deployment),
      base: deploymentSummary(base),
      status: row.status,
      preset: state.plan.preset,
      owner: state.owner,
      version: row.version,
      createdAt: row.createdAt.getTime(),
      startedAt: row.startedAt?.getTime() ?? null,
      endedAt: 'endedAt' in state && typeof state.endedAt === 'number' ? state.endedAt : null,
      stageIndex: 'stageIndex' in state && typeof state.stageIndex === 'number' ? state.stageIndex : -1,
      stageCount: state.plan.stages.length,
      lastDecision: state.lastDecision,
    }
  })
}

export function deploymentSummary(deployment: Deployment): DeploymentSummary {
  return {
    id: deployment.id,
    version: deployment.version,
    sha: deployment.commitSha,
    branch: deployment.commitBranch,
    message: deployment.commitMessage,
    author: deployment.commitAuthor,
  }
}

export function procedureInView(procedure: Procedure) {
  return {
    id: procedure.id,
    name: procedure.name,
    channel: procedure.slackChannel,
    team: procedure.slackTeam,
    attemptRule: procedure.attemptRule,
  }
}
