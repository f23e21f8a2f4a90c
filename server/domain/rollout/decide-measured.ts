// Time that nobody measured does not soak a stage: a service that comes back never advances on it.
import { type Instant, minute } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import { at } from './decide-fact.ts'
import type { RolloutEvent } from './events.ts'
import { isRunning, type RolloutState } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** While the soak clock stands there is nothing to take from it. */
export function away(command: Of<'away'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state) || state.soakingSince === null) return { events: [] }
  const { stageIndex, soakingSince, unmeasured = [] } = state
  const from = Math.max(command.since, soakingSince, ...unmeasured.map(({ to }) => to))
  if (from >= now) return { events: [] }
  const why = command.why === undefined ? {} : { why: command.why }
  return { events: [{ type: 'StageUnmeasured', stageIndex, from, to: now, ...why, ...at(command, now) }] }
}

/** By the minute: runs that come in one by one would make an event each. */
export function measured(command: Of<'measured'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return { events: [] }
  const { stageIndex, unmeasured = [] } = state
  const proven = command.spans.flatMap((span) =>
    unmeasured
      .map((gap) => ({ from: Math.max(gap.from, span.from), to: Math.min(gap.to, span.to) }))
      .filter(({ from, to }) => to - from >= minute),
  )
  return {
    events: proven.map(
      (part): RolloutEvent => ({ type: 'StageMeasured', stageIndex, ...part, ...at(command, now) }),
    ),
  }
}
