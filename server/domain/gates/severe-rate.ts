// The bad rate from which a gate's breach is severe, for the line that charts draw.
import type { Plan } from '../plan.ts'
import type { Gate } from './gate.ts'
import { optionsOf } from './judge-compared.ts'

/** Null of a gate that knows no severe breach. */
export function severeRate(
  gate: Gate,
  plan: Pick<Plan, 'gates' | 'expectedYieldChange'>,
  expectedRate: number,
): number | null {
  if (!('marginRelative' in gate)) return null
  const { severeRelative = 1, severePoints = 0 } = optionsOf(gate, plan)
  return Math.min(Math.max(expectedRate * severeRelative, expectedRate + severePoints), 1)
}
