// Moments that are spread evenly.
import { expect, test } from 'vitest'
import { spread } from '../../server/spread.ts'

test('ten thousand who are told to come again within twenty seconds come 500 a second', () => {
  const over = spread()
  const seconds = new Map<number, number>()
  for (let told = 0; told < 10_000; told++) {
    const second = Math.floor(over(20_000) / 1_000)
    seconds.set(second, (seconds.get(second) ?? 0) + 1)
  }
  expect(seconds.size).toBe(20)
  for (const count of seconds.values()) expect(Math.abs(count - 500)).toBeLessThan(5)
})

test('a few are far apart too', () => {
  const over = spread()
  const moments = [over(1_000), over(1_000), over(1_000), over(1_000), over(1_000)].sort((a, b) => a - b)
  for (const [index, moment] of moments.entries())
    expect(moment - (moments[index - 1] ?? -1_000)).toBeGreaterThan(100)
})
