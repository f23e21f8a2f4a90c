import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  compareWithReference,
  type ReferenceTolerance,
} from '../../../server/domain/statistics/compare-with-reference.ts'
import {
  evaluateReferenceCase,
  REFERENCE_KINDS,
  type ReferenceCase,
  type ReferenceResult,
} from '../../../server/domain/statistics/evaluate-reference-case.ts'

type Case = ReferenceCase & { expected: ReferenceResult; tol: ReferenceTolerance; source: string }

const file = new URL('../../fixtures/statistics/reference.json', import.meta.url)
const { meta, cases }: { meta: { kinds: string[] }; cases: Case[] } = JSON.parse(readFileSync(file, 'utf8'))

describe('every number of the reference is met within its tolerance', () => {
  test.each(cases)('$id', ({ expected, tol, ...reference }) => {
    expect(compareWithReference(expected, evaluateReferenceCase(reference), tol)).toEqual([])
  })

  test('all 71 cases are there, and every kind can be evaluated', () => {
    expect(cases).toHaveLength(71)
    expect([...REFERENCE_KINDS].sort()).toEqual([...meta.kinds].sort())
  })
})

describe('the comparison itself', () => {
  test('a number outside both tolerances is named with its field', () => {
    const found = compareWithReference({ logE: [1, 2] }, { logE: [1, 2.1] }, { abs: 0.01, rel: 0.01 })
    expect(found).toEqual([{ field: 'logE[1]', expected: 2, actual: 2.1 }])
  })

  test('either tolerance suffices', () => {
    expect(compareWithReference({ p: 1000 }, { p: 1001 }, { abs: 1e-9, rel: 0.01 })).toEqual([])
    expect(compareWithReference({ p: 0.001 }, { p: 0.002 }, { abs: 0.01, rel: 1e-9 })).toEqual([])
  })

  test('an infinity written as a word is that infinity, and no finite number is near it', () => {
    expect(compareWithReference({ lo: '-Infinity' }, { lo: -Infinity }, { rel: 1 })).toEqual([])
    expect(compareWithReference({ lo: '-Infinity' }, { lo: -1e300 }, { rel: 1 })).toHaveLength(1)
  })

  test('a missing field, a NaN and a shorter list are deviations', () => {
    expect(compareWithReference({ p: 1 }, {}, { abs: 1 })).toHaveLength(1)
    expect(compareWithReference({ p: 1 }, { p: Number.NaN }, { abs: 1 })).toHaveLength(1)
    expect(compareWithReference({ p: [1, 2] }, { p: [1] }, { abs: 1 })).toHaveLength(1)
  })

  test('an unknown kind and an unreadable field are refused by name', () => {
    expect(() => evaluateReferenceCase({ id: 'a', kind: 'magic', input: {} })).toThrow(
      /a: unknown kind magic/,
    )
    expect(() => evaluateReferenceCase({ id: 'a', kind: 'normalCdf', input: { z: 'x' } })).toThrow(
      'expected a number in z, got "x"',
    )
  })
})
