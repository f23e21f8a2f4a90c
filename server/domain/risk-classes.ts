// Risk classes: which gates a rollout has, and what it takes to pass a stage, where nobody names them.
import { z } from 'zod'
import { conditionMetrics, defaultGates, type GateMetric, type GateMode, type gates } from './gates/gate.ts'
import type { Plan } from './plan.ts'

export const riskClass = z.enum(['low', 'standard', 'high'])
export type RiskClass = z.infer<typeof riskClass>

type GateSet = z.input<typeof gates>

/** Its conditions are told and hold nothing up: only counted evidence stops a rollout. */
const low = inModes(Object.fromEntries(conditionMetrics.map((metric) => [metric, 'observe'])))

/**
 * Severe yield or errors take every station back, where the policy lets gates do so; a failure nobody has seen before
 * pauses; and a build that measures less than the one before it is no better for finding less.
 */
const high: GateSet = [
  ...inModes({ 'first-pass yield': 'roll back', 'error rate': 'roll back', 'new failure mode': 'pause' }),
  { metric: 'measurement coverage' },
]

export const riskClasses: Record<RiskClass, { gates: GateSet; passes: Plan['passes'] }> = {
  low: { gates: low, passes: 'likely' },
  standard: { gates: defaultGates, passes: 'likely' },
  high: { gates: high, passes: 'proven' },
}

function inModes(modes: Partial<Record<GateMetric, GateMode>>): GateSet {
  return defaultGates.map((gate) => {
    const mode = modes[gate.metric]
    return mode === undefined ? gate : { ...gate, mode }
  })
}
