// A fixed threshold with a limit of failed measurements, as Argo Rollouts and Flagger judge.
import type { Method } from '../watch.ts'

/**
 * Every 20 canary runs are one measurement; one below a success rate of 95 % has failed; more failed
 * ones than the limit stop the rollout. Base is not looked at. The limit is 3 in the example of the
 * documentation, and 0 where nothing is set.
 *
 * Source: argo-rollouts.readthedocs.io, Analysis & Progressive Delivery: `successCondition: result[0]
 * >= 0.95`, `failureLimit: 3`. Flagger's `thresholdRange` with `threshold` is the same rule.
 */
export function fixedThreshold(failureLimit: number): Method {
  return {
    name: `fixed threshold, limit ${failureLimit} (Argo, Flagger)`,
    begin: () => {
      let before = 0
      let failed = 0
      return ({ canaryRuns, canaryBad }) => {
        if (canaryRuns % runsPerMeasurement !== 0) return false
        if (1 - (canaryBad - before) / runsPerMeasurement < leastSuccess) failed += 1
        before = canaryBad
        return failed > failureLimit
      }
    },
  }
}

const runsPerMeasurement = 20
const leastSuccess = 0.95
