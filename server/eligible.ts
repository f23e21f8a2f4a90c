// Which builds may be rolled out.
import type { Deployment, Procedure } from '../db/registry.ts'

/** Null when the build may go to stations; else why not, to be read after its name. */
export function notEligible(deployment: Deployment, procedure: Procedure): string | null {
  if (deployment.environment !== 'production') return `is a ${deployment.environment} build: promote it first`
  if (deployment.status !== 'ready') return `is not ready: its build is ${deployment.status}`
  if (deployment.id === procedure.activeDeploymentId) return 'already runs on every station'
  return null
}
