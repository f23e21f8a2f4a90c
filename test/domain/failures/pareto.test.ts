import fc from 'fast-check'
import { expect, test } from 'vitest'
import type {
  CountedFailures,
  FailureCount,
  SortedKind,
} from '../../../server/domain/failures/failure-count.ts'
import { failureCategories, failureRule } from '../../../server/domain/failures/failure-rule.ts'
import { failureSummaryOf } from '../../../server/domain/failures/failure-summary.ts'
import { failurePareto, pareto } from '../../../server/domain/failures/pareto.ts'
import { triedRules } from '../../../server/domain/failures/tried-rules.ts'

const count = (
  arm: 'canary' | 'base',
  category: 'limits' | 'fixture',
  mode: string | null,
  runs: number,
): FailureCount => ({
  arm,
  ...(mode === null ? { of: 'category' as const, mode } : { of: 'mode' as const, mode }),
  category,
  runs,
  units: runs,
  stations: 1,
  firstAt: 1000 - runs,
})
const kind = (category: 'limits' | 'fixture', mode: string): SortedKind => ({
  mode,
  category,
  outcome: 'FAIL',
  text: `about ${mode}`,
  runs: 1,
  inCanary: true,
  action: `see to ${mode}`,
})
const found: CountedFailures = {
  counts: [
    { arm: 'canary', of: 'arm', category: null, mode: null, runs: 11, units: 9, stations: 2, firstAt: 1 },
    { arm: 'base', of: 'arm', category: null, mode: null, runs: 20, units: 20, stations: 3, firstAt: 1 },
    count('canary', 'fixture', null, 2),
    count('canary', 'fixture', 'pogo', 2),
    count('base', 'fixture', null, 20),
    count('base', 'fixture', 'pogo', 20),
    count('canary', 'limits', null, 9),
    count('canary', 'limits', 'a / 3V3', 3),
    count('canary', 'limits', 'b / 5V', 6),
  ],
  stations: [
    { arm: 'canary', category: 'limits', mode: null, of: 'category', station: 'ST-1', runs: 7 },
    { arm: 'base', category: 'fixture', mode: null, of: 'category', station: 'ST-9', runs: 7 },
  ],
}
const totals = { canary: { runs: 100, failed: 12 }, base: { runs: 1000, failed: 20 } }
const kinds = [kind('fixture', 'pogo'), kind('limits', 'b / 5V'), kind('limits', 'a / 3V3')]

test('what is beyond base comes first, and what said nothing is unknown', () => {
  const read = pareto(found, totals, kinds, new Set(['b / 5V', 'pogo']))
  expect(failurePareto.parse(read)).toEqual(read)
  expect(read.excess).toBeCloseTo(10)
  expect(read.categories.map(({ category, excess }) => [category, excess])).toEqual([
    ['limits', 9],
    ['unknown', 1],
    ['fixture', 0],
  ])
  expect(read.categories[0]).toMatchObject({
    action: 'see to b / 5V',
    stations: [{ name: 'ST-1', runs: 7 }],
    canary: { runs: 9, rate: 0.09 },
    base: { runs: 0, rate: 0 },
    firstSeenAt: 991,
    modes: [
      { mode: 'b / 5V', isNew: true, example: 'about b / 5V' },
      { mode: 'a / 3V3', isNew: false },
    ],
  })
  expect(read.categories[1]?.modes).toMatchObject([{ mode: null, isNew: false, canary: { runs: 1 } }])
})

test('in brief: the categories the canary has shown, where they mostly were, and the new modes', () => {
  expect(failureSummaryOf(pareto(found, totals, kinds, new Set(['b / 5V', 'pogo'])))).toMatchObject({
    failed: 12,
    runs: 100,
    categories: [
      { category: 'limits', runs: 9, mode: 'b / 5V', mostly: 'ST-1', action: 'see to b / 5V' },
      { category: 'unknown', runs: 1, mode: null, mostly: null, action: null },
      { category: 'fixture', runs: 2, mode: 'pogo' },
    ],
    newModes: ['b / 5V', 'pogo'],
    newModeCount: 2,
  })
})

test('without runs of base nothing is beyond it, and the most frequent comes first', () => {
  const alone = pareto(found, { ...totals, base: { runs: 0, failed: 0 } }, kinds, new Set())
  expect(alone.excess).toBeNull()
  expect(alone.categories.map(({ category, excess }) => [category, excess])).toEqual([
    ['limits', null],
    ['fixture', null],
    ['unknown', null],
  ])
})

test('whatever was counted, the categories of an arm add up to what it failed', () => {
  const counts = fc.array(
    fc.record({
      category: fc.constantFrom(...failureCategories),
      runs: fc.nat(50),
      arm: fc.constantFrom('canary' as const, 'base' as const),
    }),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(counts, fc.nat(30), fc.nat(30), (given, silentCanary, silentBase) => {
      const distinct = [...new Map(given.map((each) => [`${each.arm}/${each.category}`, each])).values()]
      const failed = (arm: 'canary' | 'base') =>
        distinct.filter((each) => each.arm === arm).reduce((sum, each) => sum + each.runs, 0)
      const some = { units: 1, stations: 1, firstAt: 1 }
      const all: FailureCount[] = [
        ...distinct.map((each) => ({ ...each, ...some, of: 'category' as const, mode: null })),
        ...(['canary', 'base'] as const).map((arm) => ({
          arm,
          ...some,
          of: 'arm' as const,
          category: null,
          mode: null,
          runs: failed(arm),
        })),
      ]
      const read = pareto(
        { counts: all, stations: [] },
        {
          canary: { runs: 1000, failed: failed('canary') + silentCanary },
          base: { runs: 1000, failed: failed('base') + silentBase },
        },
        [],
        new Set(),
      )
      for (const arm of ['canary', 'base'] as const)
        expect(read.categories.reduce((sum, each) => sum + each[arm].runs, 0)).toBe(read[arm].failed)
      const excesses = read.categories.map(({ excess }) => excess ?? Number.NaN)
      expect(excesses).toEqual(excesses.toSorted((a, b) => b - a))
    }),
  )
})

test('rules are tried in the place where they are to be', () => {
  const rule = (category: string, contains: string) => failureRule.parse({ category, contains })
  const inForce = [
    { ...rule('script', 'own'), from: 'procedure' as const },
    { ...rule('network', 'all'), from: 'organisation' as const },
    { ...rule('limits', 'both'), from: 'built in' as const },
  ]
  const last = ['own all', 'all both', 'both'].map((text) => ({ mode: 'm', text, outcome: 'FAIL' as const }))
  const tried = (scope: 'procedure' | 'organisation') =>
    triedRules(inForce, { scope, rules: [rule('fixture', 'all')], failure: null }, last)
  const byCategory = (scope: 'procedure' | 'organisation') =>
    Object.fromEntries(
      tried(scope)
        .categories.filter(({ failures }) => failures > 0)
        .map(({ category, failures }) => [category, failures]),
    )
  expect(byCategory('procedure')).toEqual({ fixture: 2, limits: 1 })
  expect(byCategory('organisation')).toEqual({ script: 1, fixture: 1, limits: 1 })
  expect(tried('procedure')).toMatchObject({ match: null, failures: 3, moved: 2 })
})
