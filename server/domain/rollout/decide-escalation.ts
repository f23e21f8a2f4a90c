// When nobody answers a breach in time, a second group is called.
import type { Instant } from '../instant.ts'
import type { Command, JudgePolicy } from './commands.ts'
import { at } from './decide-fact.ts'
import type { RolloutEvent } from './events.ts'
import { type Breach, blocks, isRunning, type RolloutState, type Running } from './state.ts'

/** Once a breach; one that only its gate observes calls nobody. */
export function escalations(
  state: RolloutState,
  { escalateAfterMs }: JudgePolicy,
  command: Pick<Command, 'by'>,
  now: Instant,
): RolloutEvent[] {
  if (!isRunning(state) || escalateAfterMs === null) return []
  return state.breaches
    .filter((breach) => blocks(breach) && breach.escalatedAt === null && !isAnswered(breach, state))
    .filter((breach) => now - breach.openedAt >= escalateAfterMs)
    .map((breach) => ({ type: 'BreachEscalated', gate: breach.gate, ...at(command, now) }))
}

/** Acknowledged and aborted breaches are closed. One that a person has paused for since it opened is seen to. */
function isAnswered(breach: Breach, state: Running): boolean {
  return state.status === 'paused' && state.pause.by.kind !== 'service' && state.pause.at >= breach.openedAt
}
