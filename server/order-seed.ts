// The seed of a rollout's station order: the preview promises the stations that the start then takes.
import type { DeploymentId, ProcedureId } from './domain/ids.ts'

/** Another build of the procedure gets another order, so that no station is always the first to try. */
export function orderSeed(procedureId: ProcedureId, deploymentId: DeploymentId | null): string {
  return `${procedureId}/${deploymentId ?? ''}`
}
