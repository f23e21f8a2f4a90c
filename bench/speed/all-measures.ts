// All measures, in the order in which they run.
import type { Measure } from './measure.ts'
import { badInput } from './measures/bad-input.ts'
import { batches } from './measures/batches.ts'
import { clicks } from './measures/clicks.ts'
import { crash } from './measures/crash.ts'
import { decisions } from './measures/decisions.ts'
import { engines } from './measures/engines.ts'
import { judging } from './measures/judging.ts'
import { memory } from './measures/memory.ts'
import { metrics } from './measures/metrics.ts'
import { polls } from './measures/polls.ts'
import { runs } from './measures/runs.ts'
import { scaleOut } from './measures/scale-out.ts'
import { start } from './measures/start.ts'
import { verdicts } from './measures/verdicts.ts'

export const allMeasures: Measure[] = [
  polls,
  runs,
  batches,
  engines,
  metrics,
  verdicts,
  judging,
  clicks,
  decisions,
  memory,
  start,
  crash,
  scaleOut,
  badInput,
]

export const measureNames: string[] = allMeasures.map(({ name }) => name)

export const quickNames: string[] = allMeasures.filter(({ isLong }) => !isLong).map(({ name }) => name)
