// The changes of a build as people see them: how many there are, and the first of them, what nobody declared before the rest.
import { z } from 'zod'
import { actor } from '../actor.ts'
import type { BuildChange } from './changes.ts'

export const changeView = z.object({
  /** Names this very change in a request that accepts it. */
  id: z.string(),
  kind: z.enum([
    'phase added',
    'phase removed',
    'phase renamed',
    'measurement added',
    'measurement removed',
    'measurement renamed',
    'units',
    'limits',
  ]),
  /** `declaration`: the runs of the build are not what its author declared. */
  against: z.enum(['base', 'declaration']),
  phase: z.string(),
  measurement: z.string().nullable(),
  direction: z.enum(['tightened', 'loosened', 'moved', 'added', 'removed']).nullable(),
  old: z.string().nullable(),
  now: z.string().nullable(),
  words: z.string(),
  /** Those it was seen with; empty: no run named one. */
  products: z.array(z.string()),
  status: z.enum(['undeclared', 'declared', 'accepted']),
  accepted: z.object({ by: actor, at: z.number(), why: z.string() }).nullable(),
  /** It keeps the rollout from going on until it is declared, accepted or passed over. */
  holds: z.boolean(),
  /** False: its declaration says so; no run has shown it yet. */
  isSeen: z.boolean(),
})
export type ChangeView = z.infer<typeof changeView>

export const changesView = z.object({
  total: z.int(),
  undeclared: z.int(),
  holding: z.int(),
  /** At most 100. */
  list: z.array(changeView),
})
export type ChangesView = z.infer<typeof changesView>

const mostShown = 100

/** Null when nothing is changed. */
export function changesInView(changes: BuildChange[]): ChangesView | null {
  if (changes.length === 0) return null
  return {
    total: changes.length,
    undeclared: changes.filter(({ status }) => status === 'undeclared').length,
    holding: changes.filter(({ holds }) => holds).length,
    list: changes.slice(0, mostShown).map(shown),
  }
}

function shown(change: BuildChange): ChangeView {
  const { id, kind, against, phase, measurement, direction, words, products, status, holds, isSeen } = change
  const accepted = change.accepted && {
    by: change.accepted.by,
    at: change.accepted.at,
    why: change.accepted.why,
  }
  const [old, now] = [cut(change.old), cut(change.now)]
  return {
    id,
    kind,
    against,
    phase,
    measurement,
    direction,
    old,
    now,
    words,
    products,
    status,
    accepted,
    holds,
    isSeen,
  }
}

function cut(text: string | null): string | null {
  return text === null || text.length <= 1000 ? text : `${text.slice(0, 1000).toWellFormed()}…`
}
