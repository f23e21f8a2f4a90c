// A rollout as the interface tells it.
import type { components, paths } from '../../clients/api/paths.ts'

export type Rollout = components['schemas']['Rollout']
export type RolloutLine =
  paths['/api/v1/rollouts']['get']['responses'][200]['content']['application/json']['data'][number]

/** "FCT 2.5.0" */
export function nameOf({ procedure, deployment }: Pick<Rollout, 'procedure' | 'deployment'>): string {
  return `${procedure.name} ${deployment.version}`
}

/** "active, stage 2 of 4 (25 %)" */
export function standing({ status, stage_index, stages, pause }: Rollout): string {
  const stage = stages[stage_index]
  const place =
    stage && status !== 'completed' ? `, stage ${stage_index + 1} of ${stages.length} (${stage.label})` : ''
  return `${status}${place}${pause ? `: ${pause.why}` : ''}`
}
