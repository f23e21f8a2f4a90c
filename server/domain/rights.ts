// Who may do what through Slack: per verb, or for a whole kind of verbs at once.
import { z } from 'zod'
import { type People, people } from './people.ts'

/** What kind of decision a verb is: one setting covers all verbs of a kind that have none of their own. */
export const verbKind = z.enum(['decide', 'stop', 'approve', 'configure'])
export type VerbKind = z.infer<typeof verbKind>

/** `override`: an advance or a jump although something is missing. */
export const rightfulVerb = z.enum([
  'start',
  'advance',
  'set',
  'override',
  'pause',
  'resume',
  'abort',
  'undo',
  'retry',
  'supersede',
  'waive',
  'acknowledge',
  'retest',
  'rollback',
  'freeze',
  'unfreeze',
  'approve',
  'config',
])
export type RightfulVerb = z.infer<typeof rightfulVerb>

/** What is not named is open to every full member of the workspace. */
export const rights = z.partialRecord(z.enum([...verbKind.options, ...rightfulVerb.options]), people)
export type Rights = z.infer<typeof rights>

const kinds: Record<RightfulVerb, VerbKind> = {
  start: 'decide',
  advance: 'decide',
  set: 'decide',
  override: 'decide',
  resume: 'decide',
  undo: 'decide',
  retry: 'decide',
  supersede: 'decide',
  waive: 'decide',
  acknowledge: 'decide',
  retest: 'decide',
  unfreeze: 'decide',
  pause: 'stop',
  abort: 'stop',
  rollback: 'stop',
  freeze: 'stop',
  approve: 'approve',
  config: 'configure',
}

/** Null: every full member of the workspace. */
export function mayUse(rights: Rights, verb: RightfulVerb): People | null {
  return rights[verb] ?? rights[kinds[verb]] ?? null
}

/** A verb that only takes a build away, or keeps one from going further. */
export function stops(verb: RightfulVerb): boolean {
  return kinds[verb] === 'stop'
}
