// A part of a number of rollouts or alarms, with where the true share may lie.
import { z } from 'zod'
import { wilsonInterval } from '../statistics/wilson-interval.ts'

export const share = z.object({
  count: z.int(),
  of: z.int(),
  /** Null of none. */
  share: z.number().nullable(),
  /** 95 %, looked at once. */
  lower: z.number(),
  upper: z.number(),
  /** Too few to tell one group from another by. */
  isFew: z.boolean(),
})
export type Share = z.infer<typeof share>

/** Of nine a share of 0 may be one of 30 %. */
const few = 10

export function shareOf(count: number, of: number): Share {
  return {
    count,
    of,
    share: of === 0 ? null : count / of,
    ...wilsonInterval(count, of, 0.95),
    isFew: of < few,
  }
}

/** How many more would all have to count until the share is surely above the limit, on no few; 0: it is. */
export function neededFor(count: number, of: number, limit: number): number {
  let more = Math.max(0, few - of)
  while (wilsonInterval(count + more, of + more, 0.95).lower <= limit) more += 1
  return more
}

export function isSurelyAbove({ lower, isFew }: Share, limit: number): boolean {
  return !isFew && lower > limit
}

export function isSurelyBelow({ upper, isFew }: Share, limit: number): boolean {
  return !isFew && upper < limit
}
