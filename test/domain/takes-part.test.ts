import { describe, expect, test } from 'vitest'
import { leftOutBecause, takesPart } from '../../server/domain/takes-part.ts'

const bench = { site: 'Brno', line: 'SMT 2', tags: ['burn-in'], heldReason: null }
const everyone = { sites: [], lines: [], tags: [] }

describe('a station takes part', () => {
  test('when the group asks for nothing, or for what it has, in either case', () => {
    expect(takesPart(bench, everyone)).toBe(true)
    expect(takesPart(bench, { sites: ['Gdansk', 'BRNO'], lines: ['smt 2'], tags: ['rf', 'Burn-In'] })).toBe(
      true,
    )
  })

  test.each([
    [{ ...everyone, sites: ['Gdansk'] }, 'at Brno, outside the group'],
    [{ ...everyone, lines: ['SMT 1'] }, 'on line SMT 2, outside the group'],
    [{ ...everyone, tags: ['rf'] }, 'without a tag of the group'],
  ])('unless the group asks for what it has not: %o', (group, why) => {
    expect(leftOutBecause(bench, group)).toBe(why)
  })

  test('never while it is held, and says why', () => {
    expect(leftOutBecause({ ...bench, heldReason: 'calibration' }, everyone)).toBe('held: calibration')
  })
})
