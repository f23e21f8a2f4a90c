// All measures, in the order in which they run.
import type { Measure } from './measure.ts'
import { batches } from './measures/batches.ts'
import { engines } from './measures/engines.ts'
import { polls } from './measures/polls.ts'
import { runs } from './measures/runs.ts'
import { start } from './measures/start.ts'
import { verdicts } from './measures/verdicts.ts'

export const allMeasures: Measure[] = [polls, runs, batches, engines, verdicts, start]

export const measureNames: string[] = allMeasures.map(({ name }) => name)
