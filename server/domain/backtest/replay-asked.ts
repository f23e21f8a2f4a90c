// What a replay can be asked for, in the words of its form.
import { z } from 'zod'
import { presetNames } from '../plan.ts'
import { riskClass } from '../risk-classes.ts'

export const replayAsked = z.object({
  preset: z.enum(presetNames).default('standard'),
  /** Whose gates are asked; `policy`: those that the procedure has now. */
  riskClass: z.enum(['policy', ...riskClass.options]).default('policy'),
  /** Back from the newest run: 14 days of past, and the stage that is played. */
  days: z.int().min(15).max(180).default(60),
  /** Starts that are drawn; each is played with every canary. */
  rollouts: z.int().min(5).max(200).default(20),
  /** Another seed is other starts and canaries. */
  seed: z.int().min(0).max(4_294_967_295).default(1),
})
export type ReplayAsked = z.infer<typeof replayAsked>

/** Points of yield that are taken from the canary, to see which are found. */
export const replayedDrops = [0.01, 0.02, 0.04, 0.06, 0.08, 0.12]
