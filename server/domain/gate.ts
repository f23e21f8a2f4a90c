// A gate: a rule over two arms. What it asks is data, so that a plan can carry it and a person can read it.
import { z } from 'zod'

export const gateMetrics = ['first-pass yield', 'error rate', 'timeout rate'] as const
export const gateMetric = z.enum(gateMetrics)
export type GateMetric = z.infer<typeof gateMetric>

export const gate = z.strictObject({
  metric: gateMetric,
  /** What a breach may do: only be shown, pause the rollout, or take every station back to base. */
  mode: z.enum(['observe', 'pause', 'roll back']).default('pause'),
  /** This gate's part of the rollout's alarm budget: the chance of ever stopping a healthy rollout. */
  alpha: z.number().gt(0).lt(0.5),
  /** The bad rate tolerated, as a factor of what these stations are expected to have. */
  marginRelative: z.number().min(1).max(10).default(1.1),
  /** The bad rate tolerated on top of the expected one, as a fraction (0.005 is half a point). */
  marginPoints: z.number().min(0).lt(1).default(0),
})
export type Gate = z.infer<typeof gate>

/** statistics.md's alarm budget of 5 % a rollout; duration's part is reserved. */
export const defaultGates: Gate[] = [
  { metric: 'first-pass yield', mode: 'pause', alpha: 0.02, marginRelative: 1.1, marginPoints: 0 },
  { metric: 'error rate', mode: 'pause', alpha: 0.01, marginRelative: 1.1, marginPoints: 0 },
  { metric: 'timeout rate', mode: 'pause', alpha: 0.01, marginRelative: 1.1, marginPoints: 0 },
]
