// How rollouts ended, by what their change was about, and by the sites they went to.
import { z } from 'zod'
import { type EndedRollout, type RolloutOutcome, wasTakenBack } from './outcome.ts'
import { share, shareOf } from './share.ts'

export const outcomeRow = z.object({
  /** A label, a site; null: rollouts that named none. */
  name: z.string().nullable(),
  rollouts: z.int(),
  completed: z.int(),
  abortedByPerson: z.int(),
  rolledBackByGate: z.int(),
  rolledBackLater: z.int(),
  superseded: z.int(),
  live: z.int(),
  /** Taken back, of all that were either taken back or stayed. */
  takenBack: share,
})
export type OutcomeRow = z.infer<typeof outcomeRow>

/** A rollout with two labels counts for both. The most rollouts first. */
export function outcomesBy(
  rollouts: EndedRollout[],
  namesOf: (rollout: EndedRollout) => string[],
): OutcomeRow[] {
  const named = rollouts.flatMap((rollout) => {
    const names = [...new Set(namesOf(rollout))]
    return (names.length === 0 ? [null] : names).map((name) => ({ name, rollout }))
  })
  return [...Map.groupBy(named, ({ name }) => name)]
    .map(([name, own]) =>
      outcomesOf(
        name,
        own.map(({ rollout }) => rollout),
      ),
    )
    .toSorted((a, b) => b.rollouts - a.rollouts || ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
}

export function outcomesOf(name: string | null, rollouts: EndedRollout[]): OutcomeRow {
  const count = (outcome: RolloutOutcome) => rollouts.filter((each) => each.outcome === outcome).length
  const takenBack = rollouts.filter(({ outcome }) => wasTakenBack(outcome)).length
  return {
    name,
    rollouts: rollouts.length,
    completed: count('completed'),
    abortedByPerson: count('aborted by a person'),
    rolledBackByGate: count('rolled back by a gate'),
    rolledBackLater: count('rolled back after completion'),
    superseded: count('superseded'),
    live: count('live'),
    takenBack: shareOf(takenBack, takenBack + count('completed')),
  }
}
