// What has become of a build that was registered: it waits to be rolled out, was started, or something newer came.
import type { DeploymentId, ProcedureId } from '../../server/domain/ids.ts'
import { isRefusal } from '../../server/domain/rollout/commands.ts'
import type { RolloutLine } from '../../server/domain/rollout-view.ts'
import type { DeploymentLine, ProcedureSummary, Service, StagePreview } from '../../server/service.ts'
import { planOf } from '../forms/plan-of.ts'

export type BuildState =
  /** `preview`: of a standard plan; null where none can be made. */
  | { kind: 'waits'; preview: StagePreview | null }
  /** The latest rollout of it. */
  | { kind: 'started'; rollout: RolloutLine }
  | { kind: 'replaced'; by: DeploymentLine }
  | { kind: 'not eligible'; why: string }
/** `builds`: newest first. */
export type ProcedureBuilds = {
  procedure: ProcedureSummary
  builds: DeploymentLine[]
  rollouts: RolloutLine[]
}

export async function procedureBuilds(
  service: Pick<Service, 'procedure' | 'deployments' | 'list'>,
  procedureId: ProcedureId,
): Promise<ProcedureBuilds | null> {
  const procedure = await service.procedure(procedureId)
  if (!procedure) return null
  const builds = await service.deployments(procedureId)
  const rollouts = await service.list({ procedureId, limit: 100 })
  return { procedure, builds: builds.toSorted((a, b) => since(b) - since(a)), rollouts }
}

/** Null when there is no such build. */
export async function buildState(
  service: Pick<Service, 'preview'>,
  { procedure, builds, rollouts }: ProcedureBuilds,
  id: DeploymentId,
): Promise<BuildState | null> {
  const build = builds.find((each) => each.id === id)
  if (!build) return null
  const rollout = rollouts
    .filter((each) => each.deployment.id === id)
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]
  if (rollout) return { kind: 'started', rollout }
  if (build.notEligible !== null) return { kind: 'not eligible', why: build.notEligible }
  // A newer one that is still being built, or failed, replaces nothing.
  const newer = builds.find((each) => since(each) > since(build) && isCandidate(each))
  if (newer) return { kind: 'replaced', by: newer }
  const plan = planOf({ preset: 'standard' }, null, procedure.soakMinutes)
  const preview = await service.preview(procedure.id, plan, build.id)
  return { kind: 'waits', preview: isRefusal(preview) ? null : preview }
}

/** A promotion is a decision of its own day, however old its build is. */
function since({ promotedAt, createdAt }: DeploymentLine): number {
  return promotedAt ?? createdAt
}

function isCandidate({ environment, status }: DeploymentLine): boolean {
  return environment === 'production' && status === 'ready'
}
