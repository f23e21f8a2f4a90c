// How often a station may ask.
import { expect, test } from 'vitest'
import { stationPace } from '../../server/station-pace.ts'

/** How many of so many questions may be asked. */
function asked(pace: ReturnType<typeof stationPace>, id: string, count: number): number {
  return Array.from({ length: count }, () => pace.early(id)).filter((early) => early === 0).length
}

test('a hundred may come at once, then twenty a second, of each station', () => {
  let at = 0
  const pace = stationPace(() => at)
  expect(asked(pace, 'a', 1_000)).toBe(100)
  expect(asked(pace, 'b', 1_000)).toBe(100)
  at = 1_000
  expect(asked(pace, 'a', 1_000)).toBe(20)
  at = 60_000
  expect(asked(pace, 'a', 1_000)).toBe(100)
})

test('a station that asks a thousand times a second for a minute is let through twenty times a second', () => {
  let at = 0
  const pace = stationPace(() => at)
  let let_through = 0
  for (; at < 60_000; at++) let_through += asked(pace, 'a', 1)
  expect(let_through).toBe(100 + 20 * 60 - 1)
})

test('it is told how long it has to wait', () => {
  let at = 0
  const pace = stationPace(() => at)
  asked(pace, 'a', 100)
  expect(pace.early('a')).toBe(50)
  at = 50
  expect(pace.early('a')).toBe(0)
})
