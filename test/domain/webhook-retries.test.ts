// When a webhook that was not taken is sent again.
import { expect, test } from 'vitest'
import { failsForLongMs, nextAttempt } from '../../server/domain/webhooks/retries.ts'

const hour = 3_600_000

test('ten attempts are made over about three days, each later than the one before', () => {
  const times = [0]
  for (let attempts = 1; ; attempts++) {
    const next = nextAttempt(attempts, times.at(-1) ?? 0, null, 0)
    if (next === null) break
    times.push(next)
  }
  expect(times).toHaveLength(10)
  // https://www.standardwebhooks.com: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
  expect(times.at(-1)).toBe(75 * hour + 35 * 60_000 + 5_000)
  expect(times.at(-1)).toBeGreaterThan(failsForLongMs)
})

test('what failed together comes back spread over a tenth of the wait', () => {
  expect(nextAttempt(2, 0, null, 1)).toBe(330_000)
})

test('an endpoint that asks for a later time gets it, up to a day, and never an earlier one', () => {
  expect(nextAttempt(1, 0, 600, 0)).toBe(600_000)
  expect(nextAttempt(3, 0, 1, 0)).toBe(30 * 60_000)
  expect(nextAttempt(1, 0, 1e9, 0)).toBe(24 * hour)
})
