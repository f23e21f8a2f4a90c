// First-pass yield under the limits of a build, before any station has it, for every door.
import type { DeploymentId } from '../domain/ids.ts'
import type { Instant } from '../domain/instant.ts'
import type { PredictedYield } from '../domain/predicted-yield/predicted-yield.ts'
import type { Refusal } from '../domain/rollout/commands.ts'
import type { DeploymentSummary } from '../domain/rollout-view.ts'

export type PredictedYieldOfBuild = PredictedYield & {
  build: DeploymentSummary
  against: DeploymentSummary
  /** Its limits: as its author declared them, or as its own runs have shown them. */
  source: 'declared' | 'runs'
  /** First attempts on the other build that were asked for, of each station; when the first and the last of them began. */
  perStation: number
  firstAt: Instant | null
  lastAt: Instant | null
}

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
