// Troubles that stations report of themselves, sorted by the same rules as the failures of runs.
import { z } from 'zod'
import { failureCategory } from './failure-rule.ts'

const stationTrouble = z.object({
  /** An error that it reported, or a build that it could not take. */
  kind: z.enum(['reported', 'failed pickup']),
  arm: z.enum(['canary', 'base']),
  code: z.string().nullable(),
  message: z.string(),
  times: z.int(),
  stations: z.int(),
  /** At most three of them. */
  names: z.array(z.string()),
  firstAt: z.number(),
  lastAt: z.number(),
})
export type StationTrouble = z.infer<typeof stationTrouble>

export const sortedTrouble = stationTrouble.extend({
  category: failureCategory,
  action: z.string().nullable(),
})
export type SortedTrouble = z.infer<typeof sortedTrouble>
