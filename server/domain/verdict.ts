// What the gates say, with the numbers they said it on. Stored with every decision, drawn on cards and pages.
import { z } from 'zod'
import { gateMetric } from './gate.ts'

export const verdictWord = z.enum(['pass', 'wait', 'grey', 'breach', 'severe', 'no data', 'blind'])
export type VerdictWord = z.infer<typeof verdictWord>

/** Counts of one arm for one metric. `rate` is the bad rate as a fraction, null when nothing was counted. */
const armCount = z.object({
  stations: z.int(),
  n: z.int(),
  bad: z.int(),
  rate: z.number().nullable(),
})

export const gateVerdict = z.object({
  metric: gateMetric,
  mode: z.enum(['observe', 'pause', 'roll back']),
  verdict: verdictWord,
  canary: armCount,
  base: armCount,
  /** The bad rate these canary stations would have now without the new build; null without data. */
  expectedRate: z.number().nullable(),
  /** Observed minus expected bad rate, as a fraction: positive is worse. */
  difference: z.number().nullable(),
  /** Always-valid bounds of that difference. */
  differenceLow: z.number().nullable(),
  differenceHigh: z.number().nullable(),
  /** Bad rate from which the gate counts evidence. */
  toleratedRate: z.number().nullable(),
  /** Natural logarithm of the evidence against "no worse than tolerated"; breach at `logThreshold`. */
  logEvidence: z.number(),
  logThreshold: z.number(),
  probabilityWorse: z.number().nullable(),
  probabilityUnacceptable: z.number().nullable(),
  /** Further canary counts until a verdict at the rate seen; null when none is in sight. */
  countsToVerdict: z.number().nullable(),
  /** One plain-English line, no markup. */
  headline: z.string(),
})
export type GateVerdict = z.infer<typeof gateVerdict>

export const verdict = z.object({
  at: z.number(),
  engine: z.string(),
  overall: verdictWord,
  gates: z.array(gateVerdict),
  /** Canary runs that started at or after this moment are not counted yet (start-order watermark). */
  watermark: z.object({ canary: z.number(), base: z.number() }),
  /** Shared drift of the base stations per metric: kept when no base is left. */
  drift: z.record(z.string(), z.object({ shift: z.number(), variance: z.number() })),
})
export type Verdict = z.infer<typeof verdict>
