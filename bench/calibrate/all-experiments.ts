// Everything that is simulated, in the order of the report: the claim first.
import type { Experiment } from './experiment.ts'
import { durationExperiments } from './experiments/durations.ts'
import { escapeExperiments } from './experiments/escapes.ts'
import { failFastExperiments } from './experiments/fail-fast.ts'
import { fleetExperiments } from './experiments/fleets.ts'
import { lotExperiments } from './experiments/lots.ts'
import { mixAndHoursExperiments } from './experiments/mix-and-hours.ts'
import { setLimitExperiments } from './experiments/set-limits.ts'
import { wholeRolloutExperiments } from './experiments/whole-rollouts.ts'

export const allExperiments: readonly Experiment[] = [
  ...wholeRolloutExperiments,
  ...fleetExperiments,
  ...lotExperiments,
  ...mixAndHoursExperiments,
  ...failFastExperiments,
  ...durationExperiments,
  ...escapeExperiments,
  ...setLimitExperiments,
]
