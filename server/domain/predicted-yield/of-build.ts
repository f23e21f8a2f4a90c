// What is predicted of a build: its limits, and whose runs were judged again by them.
import { z } from 'zod'
import { deploymentSummary } from '../rollout-view.ts'
import { predictedYield } from './predicted-yield.ts'

export const predictedYieldOfBuild = predictedYield.extend({
  build: deploymentSummary,
  against: deploymentSummary,
  source: z
    .enum(['declared', 'runs'])
    .describe('Its limits: as its author declared them, or as its own runs have shown them.'),
  perStation: z.int().describe('First attempts on the other build that were asked for, of each station.'),
  /** When the first and the last of them began. */
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
})
export type PredictedYieldOfBuild = z.infer<typeof predictedYieldOfBuild>
