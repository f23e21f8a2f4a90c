// The first-pass yield that other limits would have given, with what is not known in its bounds.
import { z } from 'zod'
import { wilsonInterval } from '../statistics/wilson-interval.ts'

export const predictedShare = z.object({
  /** First attempts. */
  n: z.int(),
  passed: z.int(),
  newlyFail: z.int(),
  newlyPass: z.int(),
  unknown: z.int(),
  /** As it was; null without first attempts. */
  now: z.number().nullable(),
  /** As it would have been: the unknown ones pass as often as the others do. */
  predicted: z.number().nullable(),
  /** 95 %, from all unknown ones failing to all of them passing. */
  lower: z.number(),
  upper: z.number(),
  /** The change of yield and its bounds, of the same units under both limits: −0.008 is 0.8 points less. */
  change: z.number().nullable(),
  changeLower: z.number(),
  changeUpper: z.number(),
})
export type PredictedShare = z.infer<typeof predictedShare>

export type Counts = { n: number; passed: number; newlyFail: number; newlyPass: number; unknown: number }

/**
 * The change is a difference of two shares of the same units: those that newly pass less those that newly fail, each
 * with Wilson's bounds, put together by the squares of their distances.
 *
 * Source: Zou and Donner, Statistics in Medicine 27 (2008), 1693; Wilson (1927).
 */
export function predictedShareOf({ n, passed, newlyFail, newlyPass, unknown }: Counts): PredictedShare {
  const sure = passed - newlyFail + newlyPass
  const known = n - unknown
  const spared = known === 0 ? 0 : (unknown * sure) / known
  const bounds = (count: number) => wilsonInterval(count, n, 0.95)
  const [gain, loss] = [newlyPass + spared, newlyFail]
  const counts = { n, passed, newlyFail, newlyPass, unknown }
  if (n === 0) return { ...counts, ...nothing }
  const least = difference(newlyPass, loss, n)
  const most = difference(newlyPass + unknown, loss, n)
  return {
    ...counts,
    now: passed / n,
    predicted: (sure + spared) / n,
    lower: bounds(sure).lower,
    upper: bounds(sure + unknown).upper,
    change: (gain - loss) / n,
    changeLower: least.lower,
    changeUpper: most.upper,
  }
}

const nothing = {
  now: null,
  predicted: null,
  lower: 0,
  upper: 1,
  change: null,
  changeLower: -1,
  changeUpper: 1,
}

function difference(gain: number, loss: number, n: number): { lower: number; upper: number } {
  const [up, down] = [wilsonInterval(gain, n, 0.95), wilsonInterval(loss, n, 0.95)]
  const [p, q] = [gain / n, loss / n]
  return {
    lower: p - q - Math.hypot(p - up.lower, down.upper - q),
    upper: p - q + Math.hypot(up.upper - p, q - down.lower),
  }
}
