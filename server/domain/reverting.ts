// How far an abort or a rollback has come: which stations are proven back, how long each took, which are still out.
import { z } from 'zod'
import { actor } from './actor.ts'
import { deploymentId, stationId } from './ids.ts'
import { type Instant, minute } from './instant.ts'

const instant = z.number()

export const revertingStation = z.object({
  id: stationId,
  name: z.string(),
  /** When it was answered with the pin of the way back, when it had pulled that build, when a run or `running` proved it. */
  toldAt: instant.nullable(),
  pulledAt: instant.nullable(),
  provenAt: instant.nullable(),
  /** Nobody waits for it any more: a person waived it, it was unlinked, or it was asked for another build. */
  excused: z.enum(['waived', 'unlinked', 'asked for another build']).nullable(),
  seenAt: instant.nullable(),
  /** Out, and not heard of since then. */
  offlineSince: instant.nullable(),
})
export type RevertingStation = z.infer<typeof revertingStation>

export const reverting = z.object({
  at: instant,
  by: actor,
  why: z.string().nullable(),
  takenBack: z.object({ id: deploymentId, version: z.string() }).nullable(),
  to: z.object({ id: deploymentId, version: z.string() }),
  limitMinutes: z.number(),
  stations: z.array(revertingStation),
  total: z.int(),
  proven: z.int(),
  out: z.int(),
  /** Milliseconds from the decision to the first, the middle and the last station that was proven back. */
  firstMs: z.number().nullable(),
  medianMs: z.number().nullable(),
  lastMs: z.number().nullable(),
  isOverdue: z.boolean(),
  /** When nobody was out any more. */
  doneAt: instant.nullable(),
  /** "14 of 16 stations proven back, 2 out: ST-7 offline since …; 12 min of 60" */
  text: z.string(),
})
export type Reverting = z.infer<typeof reverting>

export type Reverted = Pick<
  RevertingStation,
  'id' | 'name' | 'toldAt' | 'pulledAt' | 'provenAt' | 'excused' | 'seenAt'
>

/** Longer than any long poll and any usual heartbeat, also where what is heard is noted every few minutes only. */
const offlineAfterMs = 10 * minute

export function revertingOf(
  decision: Pick<Reverting, 'at' | 'by' | 'why' | 'takenBack' | 'to' | 'limitMinutes'>,
  stations: Reverted[],
  now: Instant,
): Reverting {
  const shown = stations.map((station) => ({ ...station, offlineSince: offlineSince(station, now) }))
  const out = shown.filter(isOut)
  const times = stations
    .flatMap(({ provenAt }) => (provenAt === null ? [] : [Math.max(0, provenAt - decision.at)]))
    .sort((a, b) => a - b)
  const proven = times.length
  const isDone = out.length === 0
  const isOverdue = !isDone && now >= decision.at + decision.limitMinutes * minute
  return {
    ...decision,
    stations: shown.toSorted((a, b) => Number(isOut(b)) - Number(isOut(a))),
    total: stations.length,
    proven,
    out: out.length,
    firstMs: times[0] ?? null,
    medianMs: median(times),
    lastMs: times.at(-1) ?? null,
    isOverdue,
    doneAt: isDone && proven > 0 ? decision.at + (times.at(-1) ?? 0) : null,
    text: [progress(stations.length, proven, out), clock(decision, times, isDone, isOverdue, now)].join('; '),
  }
}

function isOut({ provenAt, excused }: Pick<RevertingStation, 'provenAt' | 'excused'>): boolean {
  return provenAt === null && excused === null
}

function offlineSince(station: Reverted, now: Instant): Instant | null {
  if (!isOut(station) || station.seenAt === null) return null
  return now - station.seenAt >= offlineAfterMs ? station.seenAt : null
}

function progress(total: number, proven: number, out: RevertingStation[]): string {
  if (total === 0) return 'no station had the build'
  const excused = total - proven - out.length
  const rest = excused === 0 ? '' : `, ${excused} not waited for`
  const back = `${proven} of ${total} station${total === 1 ? '' : 's'} proven back${rest}`
  if (out.length === 0) return back
  const named = out.slice(0, mostNamed).map(whereItIs)
  const more = out.length > mostNamed ? [`${out.length - mostNamed} more`] : []
  return `${back}, ${out.length} out: ${[...named, ...more].join(', ')}`
}

const mostNamed = 5

function whereItIs({ name, toldAt, pulledAt, seenAt, offlineSince }: RevertingStation): string {
  if (offlineSince !== null) return `${name} offline since ${new Date(offlineSince).toISOString()}`
  if (pulledAt !== null) return `${name} has pulled it`
  if (toldAt !== null) return `${name} was told`
  return seenAt === null ? `${name} never heard of` : `${name} not told yet`
}

function clock(
  decision: Pick<Reverting, 'at' | 'limitMinutes'>,
  times: number[],
  isDone: boolean,
  isOverdue: boolean,
  now: Instant,
): string {
  const [first] = times
  const last = times.at(-1)
  if (isDone)
    return first === undefined || last === undefined
      ? 'nothing to wait for'
      : `first after ${span(first)}, median ${span(median(times) ?? first)}, last ${span(last)}`
  const minutes = Math.floor((now - decision.at) / minute)
  return `${minutes} min of ${Math.round(decision.limitMinutes)}${isOverdue ? ', overdue' : ''}`
}

function median(sorted: number[]): number | null {
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

function span(ms: number): string {
  return ms < 90_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / minute)} min`
}
