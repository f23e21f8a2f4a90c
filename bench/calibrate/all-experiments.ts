// Everything that is simulated, in the order of the report.
import type { Experiment } from './experiment.ts'
import { failFastExperiments } from './experiments/fail-fast.ts'
import { fleetExperiments } from './experiments/fleets.ts'
import { lotExperiments } from './experiments/lots.ts'
import { mixAndHoursExperiments } from './experiments/mix-and-hours.ts'
import { wholeRolloutExperiments } from './experiments/whole-rollouts.ts'

export const allExperiments: readonly Experiment[] = [
  ...fleetExperiments,
  ...lotExperiments,
  ...mixAndHoursExperiments,
  ...failFastExperiments,
  ...wholeRolloutExperiments,
]
