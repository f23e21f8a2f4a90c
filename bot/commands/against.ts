// What a typed command was issued against: the rollout as it stood when the words were read.
import type { Against } from '../../server/domain/rollout/commands.ts'

type Standing = {
  stageIndex: number
  deployment: { id: NonNullable<Against['deploymentId']> }
  version: number
}

export function against(standing: Standing): Against {
  return {
    stageIndex: standing.stageIndex,
    deploymentId: standing.deployment.id,
    version: standing.version,
  }
}

/** An abort must not be refused because a gate paused the rollout a moment ago: only the build has to be the same. */
export function againstBuild(standing: Pick<Standing, 'deployment'>): Against {
  return { deploymentId: standing.deployment.id }
}
