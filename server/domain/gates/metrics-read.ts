// The metrics of runs that gates read, by name: what may never be dropped of a run that reports very many.

import { metricsNamed } from './expression.ts'
import { fieldUnits } from './expression-durations.ts'
import type { Gate } from './gate.ts'

/** With the names under which a behaviour finds a field that has its unit in its name. */
export function metricsRead(gates: Gate[]): Set<string> {
  const names = gates.flatMap((gate) => {
    if (gate.metric !== 'custom') return []
    if (gate.statistic !== 'behaviour') return [gate.read]
    const named = metricsNamed(gate.expression)
    return [...named, ...named.flatMap((name) => fieldUnits.map(({ ending }) => `${name}${ending}`))]
  })
  return new Set(names)
}
