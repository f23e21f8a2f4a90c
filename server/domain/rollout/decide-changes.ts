// Changes of what units are held to, as a rollout meets them: found in the runs of its build, declared, accepted.
import type { Instant } from '../instant.ts'
import type { Command, Decided } from './commands.ts'
import { at } from './decide-fact.ts'
import { isRunning, isTerminal, type RolloutState } from './state.ts'

type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

/** A record is read by people: of hundreds of changes it keeps the first in words. */
const mostWords = 20

/** Each is found once, whatever becomes of it. */
export function changesFound(command: Of<'changes'>, state: RolloutState, now: Instant): Decided {
  if (!isRunning(state)) return { events: [] }
  const known = new Set(state.changesFound?.map(({ id }) => id))
  const fresh = command.changes.filter(({ id }) => !known.has(id))
  if (fresh.length === 0) return { events: [] }
  const { stageIndex } = state
  const words = fresh.slice(0, mostWords).map((change) => change.words)
  return {
    events: [
      { type: 'ChangesFound', stageIndex, ids: fresh.map(({ id }) => id), words, ...at(command, now) },
    ],
  }
}

/** Whether the changes are there to be accepted was asked of the build. */
export function changesAccepted(command: Of<'changes accepted'>, state: RolloutState, now: Instant): Decided {
  if (isTerminal(state)) return { events: [] }
  const { words, why } = command
  return { events: [{ type: 'ChangesAccepted', words: words.slice(0, mostWords), why, ...at(command, now) }] }
}

export function definitionDeclared(
  command: Of<'definition declared'>,
  state: RolloutState,
  now: Instant,
): Decided {
  return { events: isTerminal(state) ? [] : [{ type: 'DefinitionDeclared', ...at(command, now) }] }
}
