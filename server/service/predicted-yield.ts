// First-pass yield under the limits of a build, before any station has it, for every door.
import type { DeploymentId } from '../domain/ids.ts'
import type { PredictedYieldOfBuild } from '../domain/predicted-yield/of-build.ts'
import type { Refusal } from '../domain/rollout/commands.ts'

export type PredictedYieldService = {
  /**
   * The last first attempts of each station on the build that runs now, or on another one, judged again by the limits
   * that this build changes.
   */
  predictedYield(
    id: DeploymentId,
    asked?: { against?: DeploymentId | null; perStation?: number },
  ): Promise<PredictedYieldOfBuild | Refusal>
}
