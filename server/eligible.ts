// Which builds may be rolled out.
import type { Deployment, Procedure } from '../db/registry.ts'

/** Null when the build may go to stations; else why not, to be read after its name, and what to do about it. */
export function notEligible(
  { id, environment, status }: Deployment,
  { activeDeploymentId }: Procedure,
): { why: string; next: string } | null {
  if (environment !== 'production')
    return {
      why: `is a ${environment} build: promote it first`,
      next: `Promote it with POST /api/v1/deployments/${id}/promote or "firstpass deploy promote ${id}", or choose a production build that is ready.`,
    }
  if (status === 'failed')
    return {
      why: 'is not ready: its build failed',
      next: 'Build it again and set its status to ready, or choose a production build that is ready.',
    }
  if (status !== 'ready')
    return {
      why: `is not ready: its build is ${status}`,
      next: 'Start it once its status is ready, or choose a production build that is ready.',
    }
  if (id === activeDeploymentId)
    return { why: 'already runs on every station', next: 'Choose another production build that is ready.' }
  return null
}
