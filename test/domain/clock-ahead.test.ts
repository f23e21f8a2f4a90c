import { describe, expect, test } from 'vitest'
import {
  aheadByHeartbeat,
  aheadByRun,
  believable,
  clockText,
  isOff,
} from '../../server/domain/clock-ahead.ts'
import { day, minute } from '../../server/domain/instant.ts'

const now = Date.parse('2026-05-22T12:00:00Z')

describe('a clock that is off', () => {
  test('is told by a heartbeat that says when it was sent, ahead or behind', () => {
    const sent = (sentAt: number) => aheadByHeartbeat({ sentAt, runStartedAt: null }, 5 * minute, now)
    expect(sent(now + 10 * minute)).toBe(10 * minute)
    expect(sent(now - 3 * minute)).toBe(-3 * minute)
    expect(sent(now)).toBe(0)
  })

  test('is proven by a run that is said to begin in the future, and stays as long as that run goes', () => {
    const going = (known: number | null, at: number) =>
      aheadByHeartbeat({ sentAt: null, runStartedAt: now + 10 * minute }, known, at)
    expect(going(null, now)).toBe(10 * minute)
    expect(going(10 * minute, now + 4 * minute)).toBe(10 * minute)
    expect(going(10 * minute, now + 20 * minute)).toBe(10 * minute)
    expect(aheadByHeartbeat({ sentAt: null, runStartedAt: now - minute }, null, now)).toBeNull()
  })

  test('is proven by a run that ended after it arrived, and cleared by one that has just ended', () => {
    expect(aheadByRun(now + 10 * minute, null, now)).toBe(10 * minute)
    expect(aheadByRun(now - 1000, 10 * minute, now)).toBe(0)
    // An old one waited in a queue: it tells nothing.
    expect(aheadByRun(now - 30 * minute, 10 * minute, now)).toBe(10 * minute)
    expect(aheadByRun(now - 1000, null, now)).toBeNull()
  })

  test.each([
    [10 * minute, 'ahead by 10 min'],
    [-3 * 60 * minute, 'behind by 3 h'],
    [75_000, 'ahead by 75 s'],
    [9 * day, 'ahead by 9 days'],
  ])('of %d ms reads "%s"', (ms, text) => {
    expect(isOff(ms)).toBe(true)
    expect(clockText(ms)).toBe(text)
  })

  test('is none within a minute', () => {
    expect(isOff(minute)).toBe(false)
    expect(isOff(null)).toBe(false)
  })
})

describe('times of a run', () => {
  const run = (start: number, end: number) => believable({ startedAt: now + start, endedAt: now + end }, now)

  test('are kept as they were said, also minutes ahead', () => {
    expect(run(10 * minute, 11 * minute)).toEqual({
      startedAt: now + 10 * minute,
      endedAt: now + 11 * minute,
    })
  })

  test('of another day are those of its arrival, as long as it took', () => {
    expect(run(day, day + minute)).toEqual({ startedAt: now - minute, endedAt: now })
    expect(run(-minute, 400 * day)).toEqual({ startedAt: now - minute, endedAt: now })
  })
})
