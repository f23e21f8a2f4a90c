// How long it took to see a bad build, and to be rid of it.
import { z } from 'zod'
import { abortOf, type EndedRollout } from './outcome.ts'

export const timeSpread = z.object({
  count: z.int(),
  /** Milliseconds; null of none. */
  median: z.number().nullable(),
  ninth: z.number().nullable().describe('Nine of ten are at or below it.'),
  longest: z.number().nullable(),
})
export type TimeSpread = z.infer<typeof timeSpread>

export function firstAlarmAt({ events }: EndedRollout): number | null {
  return events.find((event) => event.type === 'BreachOpened' && event.mode !== 'observe')?.at ?? null
}

/** From the exposure of the first canary to the first breach that could stop the rollout. */
export function detectedMs(rollout: EndedRollout): number | null {
  const alarm = firstAlarmAt(rollout)
  if (alarm === null || rollout.exposedAt === null) return null
  return Math.max(0, alarm - rollout.exposedAt)
}

/** From the decision to the last station that was proven back. Null while one is out, or where none had the build. */
export function revertedMs(rollout: EndedRollout): number | null {
  if (rollout.rollback) return rollout.rollback.lastMs
  const abort = abortOf(rollout)
  const isFinished = rollout.events.some(({ type }) => type === 'AbortFinished')
  if (!abort || !isFinished || rollout.revertedAt === null) return null
  return Math.max(0, rollout.revertedAt - abort.at)
}

export function spreadOf(times: (number | null)[]): TimeSpread {
  const sorted = times.filter((time) => time !== null).sort((a, b) => a - b)
  return {
    count: sorted.length,
    median: at(sorted, 0.5),
    ninth: at(sorted, 0.9),
    longest: sorted.at(-1) ?? null,
  }
}

/** The smallest time that so large a share of them does not exceed. */
function at(sorted: number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null
}
