// All subcommands of /rollout by name, with the other words people use for them.
import type { Subcommand } from './answer.ts'
import { config } from './config.ts'
import { abort, advance, approve, pause, resume, set, undo } from './decide.ts'
import { freeze, unfreeze } from './freeze.ts'
import { history } from './history.ts'
import { list, status, why } from './look.ts'
import { retest } from './retest.ts'
import { retry } from './retry.ts'
import { rollback } from './rollback.ts'
import { start } from './start.ts'
import { acknowledge, waive } from './stations-and-gates.ts'
import { supersede } from './supersede.ts'

export const subcommands: Record<string, Subcommand> = {
  status,
  list,
  why,
  history,
  start,
  supersede,
  retry,
  advance,
  approve,
  set,
  resume,
  undo,
  pause,
  abort,
  rollback,
  freeze,
  unfreeze,
  acknowledge,
  waive,
  retest,
  config,
}

const aliases: Record<string, string> = {
  ack: 'acknowledge',
  stop: 'abort',
  next: 'advance',
  promote: 'advance',
  ls: 'list',
  begin: 'start',
  continue: 'resume',
  replace: 'supersede',
  'roll-back': 'rollback',
  revert: 'rollback',
  retests: 'retest',
  thaw: 'unfreeze',
  settings: 'config',
  configure: 'config',
  log: 'history',
}

/** The name as it stands in the list above; null for a word that is none. */
export function subcommandName(word: string): string | null {
  const name = word.toLowerCase()
  const known = aliases[name] ?? name
  return Object.hasOwn(subcommands, known) ? known : null
}
