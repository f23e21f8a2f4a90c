import { describe, expect, test } from 'vitest'
import { leftOutBecause, takesPart } from '../../server/domain/takes-part.ts'

const now = Date.parse('2026-05-22T06:00:00Z')
const bench = {
  site: 'Brno',
  line: 'SMT 2',
  tags: ['burn-in'],
  heldReason: null,
  heldUntil: null,
  excludedReason: null,
  excludedUntil: null,
  experiment: null,
}
const everyone = { sites: [], lines: [], tags: [] }
const why = (part: object) => leftOutBecause({ ...bench, ...part }, everyone, now)

describe('a station takes part', () => {
  test('when the group asks for nothing, or for what it has, in either case', () => {
    expect(takesPart(bench, everyone, now)).toBe(true)
    const group = { sites: ['Gdansk', 'BRNO'], lines: ['smt 2'], tags: ['rf', 'Burn-In'] }
    expect(takesPart(bench, group, now)).toBe(true)
  })

  test.each([
    [{ ...everyone, sites: ['Gdansk'] }, 'at Brno, outside the group'],
    [{ ...everyone, lines: ['SMT 1'] }, 'on line SMT 2, outside the group'],
    [{ ...everyone, tags: ['rf'] }, 'without a tag of the group'],
  ])('unless the group asks for what it has not: %o', (group, because) => {
    expect(leftOutBecause(bench, group, now)).toBe(because)
  })

  test('never while it is held or excluded, or in an experiment, and says why', () => {
    expect(why({ heldReason: 'calibration' })).toBe('held: calibration')
    expect(why({ excludedReason: 'drifts' })).toBe('excluded: drifts')
    expect(why({ experiment: 'thermal soak' })).toBe('in the experiment thermal soak')
    expect(why({ heldReason: 'a', excludedReason: 'b', experiment: 'c' })).toBe('excluded: b')
  })

  test.each([
    ['heldReason', 'heldUntil', 'held'],
    ['excludedReason', 'excludedUntil', 'excluded'],
  ])('again from the very moment at which its %s is over', (reason, until, word) => {
    expect(why({ [reason]: 'repair', [until]: new Date(now + 1) })).toBe(
      `${word}: repair, until 2026-05-22T06:00:00.001Z`,
    )
    expect(why({ [reason]: 'repair', [until]: new Date(now) })).toBeNull()
  })
})
