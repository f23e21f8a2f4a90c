// Which runs of a unit are first attempts: its first one ever, or its first one of each day.
import { z } from 'zod'
import type { Instant } from './instant.ts'
import { dateOf } from './time-zone.ts'

export const attemptRule = z.enum(['ever', 'day'])
export type AttemptRule = z.infer<typeof attemptRule>
export type AttemptSettings = { attemptRule: AttemptRule; zone: string }

/** The day that a run's attempt is one of, by the clock on the factory's wall; empty where a unit has one for ever. */
export type AttemptDay = (startedAt: Instant) => string

export function attemptDay({ attemptRule, zone }: AttemptSettings): AttemptDay {
  return attemptRule === 'ever' ? () => '' : (startedAt) => dateOf(startedAt, zone)
}

/** The one place for the wording. `note`: what a reader of a yield should know. */
export function attemptWords(rule: AttemptRule): { meaning: string; note: string } {
  return rule === 'ever'
    ? {
        meaning: 'the first run of a unit that was not aborted, ever',
        note: 'Yields count each unit once, by its first attempt.',
      }
    : {
        meaning: 'the first run of a unit on each day that was not aborted',
        note: 'Yields count each unit once a day, by its first attempt of the day.',
      }
}

type Ranked = { startedAt: Instant; id: string; consumes: boolean }

/** Which attempt of its unit, or of its unit and day, each run is; null for one that consumes none. Any order. */
export function attemptRanks<Run extends Ranked>(runs: Run[], dayOf: AttemptDay): Map<Run, number | null> {
  const ranks = new Map<Run, number | null>(runs.map((run) => [run, null]))
  const inOrder = runs
    .filter(({ consumes }) => consumes)
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
  for (const ofDay of Map.groupBy(inOrder, ({ startedAt }) => dayOf(startedAt)).values())
    for (const [place, run] of ofDay.entries()) ranks.set(run, place + 1)
  return ranks
}
