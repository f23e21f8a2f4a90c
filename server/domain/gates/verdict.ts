// What the gates say, with the numbers they said it on. Stored with every decision, drawn on cards and pages.
import { z } from 'zod'
import { stationId } from '../ids.ts'
import { gateMetric, gateMode } from './gate.ts'

export const verdictWord = z.enum(['pass', 'wait', 'grey', 'breach', 'severe', 'no data', 'blind'])
export type VerdictWord = z.infer<typeof verdictWord>

/** Counts of one arm for one gate. `rate` is the bad rate as a fraction, null when nothing was counted. */
const armCount = z.object({
  stations: z.int(),
  n: z.int(),
  bad: z.int(),
  rate: z.number().nullable(),
})

/** The canary station that speaks loudest against the build, and what the others say without it. */
const suspect = z.object({
  stationId,
  /** Natural logarithms of evidence. */
  logEvidenceAlone: z.number(),
  logEvidenceOfOthers: z.number(),
  probabilityOthersWorse: z.number(),
  /** The others give no evidence against the build: the station is suspected before the build is. */
  isSuspected: z.boolean(),
})

export const gateVerdict = z.object({
  /** The gate's name, unique in its plan. */
  name: z.string(),
  metric: gateMetric,
  mode: gateMode,
  /** False in the stages that the gate does not act in: there it only observes. */
  acts: z.boolean(),
  comparison: z.enum(['base', 'own past', 'absolute']),
  verdict: verdictWord,
  /** What is counted: "first attempts", "runs", "PASS runs", "stations". */
  unit: z.string(),
  canary: armCount,
  base: armCount,
  /** The bad rate these canary stations would have now without the new build; null without data. */
  expectedRate: z.number().nullable(),
  /** Observed minus expected bad rate, as a fraction: positive is worse (of a rise gate too). */
  difference: z.number().nullable(),
  /** Always-valid bounds of that difference. */
  differenceLow: z.number().nullable(),
  differenceHigh: z.number().nullable(),
  /** Bad rate from which the gate counts evidence; of a rise gate, below which. */
  toleratedRate: z.number().nullable(),
  /** How much of the expected rate comes from another mix of products and shifts than in the past. */
  mixDifference: z.number().nullable(),
  /** Part of the alarm budget; 0 of a condition, which promises none. */
  alpha: z.number(),
  /** Natural logarithm of the evidence against "no worse than tolerated"; breach at `logThreshold`. */
  logEvidence: z.number(),
  logThreshold: z.number(),
  probabilityWorse: z.number().nullable(),
  probabilityUnacceptable: z.number().nullable(),
  probabilitySevere: z.number().nullable(),
  /** Further canary counts until a verdict at the rate seen; null when none is in sight. */
  countsToVerdict: z.number().nullable(),
  /** Build or station? Looked for while the gate is breached. */
  suspect: suspect.nullable(),
  /** What a person wants named: new failure modes, stations, serial numbers. At most ten. */
  details: z.array(z.string()),
  /** One plain-English line, no markup. */
  headline: z.string(),
})
export type GateVerdict = z.infer<typeof gateVerdict>

/** What a decision saw of a gate, kept with it: the same evidence does not stop twice, and new evidence does. */
export type SeenEvidence = Pick<
  GateVerdict,
  'name' | 'verdict' | 'canary' | 'base' | 'logEvidence' | 'logThreshold'
>

export function seenEvidence(gates: GateVerdict[]): SeenEvidence[] {
  return gates.map(({ name, verdict, canary, base, logEvidence, logThreshold }) => ({
    name,
    verdict,
    canary,
    base,
    logEvidence,
    logThreshold,
  }))
}

export const verdict = z.object({
  at: z.number(),
  engine: z.string(),
  overall: verdictWord,
  gates: z.array(gateVerdict),
  /** Canary runs that started at or after this moment are not counted yet (start-order watermark). */
  watermark: z.object({ canary: z.number(), base: z.number() }),
  /** Shared drift of the base stations per metric: kept when no base is left. */
  drift: z.record(z.string(), z.object({ shift: z.number(), variance: z.number() })),
  /** Per telemetry gate, since when each station fails it: a moment's fault is no breach. */
  failing: z.record(z.string(), z.record(z.string(), z.number())),
  /** The canary stations' share of all runs, against their share in the past. Null before it can be told. */
  throughput: z
    .object({ runs: z.int(), share: z.number(), pastShare: z.number(), isBlind: z.boolean() })
    .nullable(),
  /** Why no run of any station could be known; absent: runs arrived. */
  unheard: z.string().optional(),
  /** The alphas of the gates together. */
  alarmBudget: z.number(),
})
export type Verdict = z.infer<typeof verdict>
