// An alarm: a station that is not where it should be. Opened once, told once, closed once.
import { z } from 'zod'
import { actor } from '../actor.ts'
import { deploymentId, procedureId, rolloutId, stationId } from '../ids.ts'

export const alarmKind = z.enum([
  /** It ran a build that was not asked for. */
  'drifted',
  /** No run within three of its own usual gaps. */
  'stale',
  /** Asked to run a build, it neither pulled nor ran it. */
  'pinned but silent',
  /** After an abort or a rollback: a run of the build that was taken back. */
  'runs what was taken back',
  /** After an abort or a rollback: not proven back within the procedure's limit. */
  'revert overdue',
  /** A known bad unit passed, or a known good one did not. */
  'reference sample',
])
export type AlarmKind = z.infer<typeof alarmKind>

/** `worse`: it turned out to run the build that was taken back. `set aside`: held, excluded or waived by a person. */
export const closedHow = z.enum([
  'recovered',
  'acknowledged',
  'unlinked',
  'set aside',
  'asked for another build',
  'worse',
])
export type ClosedHow = z.infer<typeof closedHow>

/** An alarm as people see it. */
export const alarmView = z.object({
  id: z.int(),
  procedure: z.object({ id: procedureId, name: z.string() }),
  station: z.object({ id: stationId, name: z.string(), site: z.string(), line: z.string() }),
  kind: alarmKind,
  /** Since when it is so; the alarm may have opened later. */
  since: z.number(),
  detail: z.string(),
  /** The build it is about: what the station runs, or should. */
  deployment: z.object({ id: deploymentId, version: z.string() }).nullable(),
  /** Its runs on that build since then; null where the alarm is not about runs. */
  runs: z.int().nullable(),
  rolloutId: rolloutId.nullable(),
  openedAt: z.number(),
  closed: z.object({ at: z.number(), how: closedHow }).nullable(),
  acknowledged: z.object({ by: actor, at: z.number(), why: z.string() }).nullable(),
})
export type AlarmView = z.infer<typeof alarmView>

/** What one look opened together: it is told in one message. */
export type AlarmGroup = { kind: AlarmKind; openedAt: number }

/** Units were, or may have been, tested with a build that nobody wants: also told where severe breaches are. */
export function isSevere(kind: AlarmKind): boolean {
  return kind === 'runs what was taken back' || kind === 'reference sample'
}
