// The mix of products and shifts: a station that makes other things than before is not judged by what it made before.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cell, mixShift, usualRate, usualRates } from '../../server/domain/gates/mix.ts'
import { evaluateCanary } from '../../server/domain/statistics/evaluate-canary.ts'
import { mixIndex } from '../../server/domain/statistics/mix-index.ts'
import { station } from '../support/plan-builder.ts'
import { seededRandom } from './statistics/tallies.ts'

const metric = 'first-pass yield'
const products = ['A', 'B', 'C', null]
const anyCells = (most: number) =>
  fc.uniqueArray(
    fc.record({
      product: fc.constantFrom(...products),
      shift: fc.integer({ min: 0, max: 2 }),
      n: fc.integer({ min: 1, max: most }),
    }),
    { selector: ({ product, shift }) => cell(product, shift), maxLength: 12 },
  )

describe('the shift of a mix', () => {
  test('is what the statistic has of the same cells, kept as sums while counting', () => {
    const fleet = anyCells(5_000).chain((cells) =>
      fc.tuple(
        ...cells.map((each) => fc.integer({ min: 0, max: each.n }).map((bad) => ({ ...each, metric, bad }))),
      ),
    )
    fc.assert(
      fc.property(fleet, anyCells(3_000), anyCells(900), (counted, before, after) => {
        const rates = usualRates(counted)
        const expected = (mix: typeof before) => ({
          n: mix.reduce((sum, { n }) => sum + n, 0),
          expected: mix.reduce(
            (sum, { n, product, shift }) => sum + n * usualRate(rates, metric, product, shift),
            0,
          ),
        })
        const named = (mix: typeof before) =>
          new Map(mix.map(({ product, shift, n }) => [cell(product, shift), n]))
        const wanted = mixIndex(
          new Map(counted.map(({ product, shift, n, bad }) => [cell(product, shift), { bad, runs: n }])),
          named(before),
          named(after),
        )
        // Without a fleet's past nothing is known of any product: the statistic has a half everywhere then.
        expect(mixShift(expected(before), expected(after))).toBeCloseTo(wanted, 9)
      }),
      { numRuns: 500 },
    )
  })

  test('is nothing for a station without a past, without runs, or without a fleet to compare with', () => {
    const some = { n: 10, expected: 0.3 }
    expect(mixShift({ n: 0, expected: 0 }, some)).toBe(0)
    expect(mixShift(some, { n: 0, expected: 0 })).toBe(0)
    expect(mixShift({ n: 10, expected: 0 }, { n: 10, expected: 0 })).toBe(0)
  })
})

describe('the usual rates of a fleet', () => {
  test('are kept of the four hundred largest cells; of the rest and of new ones the fleet’s own holds', () => {
    const counted = Array.from({ length: 500 }, (_, number) => ({
      metric,
      product: `P${number}`,
      shift: 0,
      n: 1 + ((number * 7) % 500),
      bad: 0,
    }))
    const rates = usualRates(counted)
    expect(Object.keys(rates[metric] ?? {}).length).toBe(401)
    const [large, small] = [counted.find(({ n }) => n === 101), counted.find(({ n }) => n === 100)]
    const own = 0.5 / (counted.reduce((sum, { n }) => sum + n, 0) + 1)
    expect(usualRate(rates, metric, large?.product ?? '', 0)).toBeCloseTo((50 * own) / 151, 15)
    expect(usualRate(rates, metric, small?.product ?? '', 0)).toBe(own)
    expect(usualRate(rates, metric, 'new', 0)).toBe(own)
    expect(usualRate(rates, 'another metric', 'P1', 0)).toBe(0)
  })

  test('add up what the stations did in the same cell, each metric for itself', () => {
    const one = { product: 'A', shift: 1, n: 100, bad: 2 }
    const rates = usualRates([
      { metric, ...one },
      { metric, ...one },
      { metric: 'error rate', ...one },
    ])
    expect(rates).toEqual({
      [metric]: { '1 A': (4 + (50 * 4.5) / 201) / 250, '': 4.5 / 201 },
      'error rate': { '1 A': (2 + (50 * 2.5) / 101) / 150, '': 2.5 / 101 },
    })
  })
})

describe('healthy stations whose product mix changes', () => {
  /** Product A fails in 1 %, B in 8 %. The past is mostly A; then the canary station makes B alone. */
  const rateOf = (product: string) => (product === 'A' ? 0.01 : 0.08)

  function rollout(seed: number) {
    const random = seededRandom(seed)
    const made = (product: string, n: number) => ({
      metric,
      product,
      shift: 0,
      n,
      bad: Array.from({ length: n }, () => Number(random() < rateOf(product))).reduce(
        (sum, bad) => sum + bad,
        0,
      ),
    })
    const pasts = Array.from({ length: 10 }, () => [made('A', 800), made('B', 200)])
    const since = pasts.map((_, number) =>
      number === 0 ? [made('B', 200)] : [made('A', 160), made('B', 40)],
    )
    const rates = usualRates(pasts.flat())
    const sums = (cells: ReturnType<typeof made>[]) => ({
      n: cells.reduce((sum, { n }) => sum + n, 0),
      bad: cells.reduce((sum, { bad }) => sum + bad, 0),
      expected: cells.reduce(
        (sum, { n, product, shift }) => sum + n * usualRate(rates, metric, product, shift),
        0,
      ),
    })
    const stations = pasts.map((cells, number) => {
      const [past, now] = [sums(cells), sums(since[number] ?? [])]
      const arm = number === 0 ? ('canary' as const) : ('base' as const)
      const tally = {
        id: station(number),
        arm,
        pastRuns: past.n,
        pastBad: past.bad,
        runs: now.n,
        bad: now.bad,
      }
      return { tally, mix: mixShift(past, now) }
    })
    const tallies = stations.map(({ tally }) => tally)
    const breached = (mix: ReadonlyMap<string, number>) => {
      const judged = evaluateCanary(tallies, { alpha: 0.02, marginRelative: 1.1, mix })
      return judged.status === 'judged' && judged.breach
    }
    return {
      raw: breached(new Map()),
      corrected: breached(new Map(stations.map(({ tally, mix }) => [tally.id, mix]))),
    }
  }

  test('would be stopped for what they make, and are not when it is allowed for', () => {
    const seen = Array.from({ length: 200 }, (_, seed) => rollout(seed + 1))
    expect(seen.filter(({ raw }) => raw).length).toBeGreaterThan(80)
    expect(seen.filter(({ corrected }) => corrected).length).toBeLessThanOrEqual(4)
  })
})
