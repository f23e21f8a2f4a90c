// All subcommands of /rollout by name, with the other words people use for them.
import type { Subcommand } from './answer.ts'
import { abort, advance, approve, pause, resume, set, undo } from './decide.ts'
import { list, status, why } from './look.ts'
import { retry } from './retry.ts'
import { start } from './start.ts'
import { acknowledge, waive } from './stations-and-gates.ts'

export const subcommands: Record<string, Subcommand> = {
  start,
  status,
  list,
  why,
  advance,
  pause,
  resume,
  abort,
  undo,
  set,
  waive,
  acknowledge,
  approve,
  retry,
}

const aliases: Record<string, string> = {
  ack: 'acknowledge',
  stop: 'abort',
  next: 'advance',
  promote: 'advance',
  ls: 'list',
  begin: 'start',
  continue: 'resume',
}

/** The name as it stands in the list above; null for a word that is none. */
export function subcommandName(word: string): string | null {
  const name = word.toLowerCase()
  const known = aliases[name] ?? name
  return Object.hasOwn(subcommands, known) ? known : null
}
