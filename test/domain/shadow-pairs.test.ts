import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import { matchedRuns, type PairableRun, shadowPairOf } from '../../server/domain/shadow-pairs.ts'
import { shadowCounts, summaryOfShadow } from '../../server/domain/shadow-summary.ts'
import { base, build, thirdBuild } from '../support/plan-builder.ts'
import { t0 } from '../support/run-builder.ts'

const hour = 60 * minute
let made = 0

function aRun(part: Partial<PairableRun> & { at?: number }): PairableRun {
  const { at = 0, ...what } = part
  made += 1
  const startedAt = t0 + at
  const isShadow = what.shadow ?? false
  return {
    id: String(made).padStart(6, '0'),
    unit: 'sn-1',
    serial: 'SN-1',
    shadow: isShadow,
    deploymentId: isShadow ? build : base,
    version: isShadow ? 'v2' : 'v1',
    station: 'ST-1',
    outcome: 'PASS',
    startedAt,
    endedAt: startedAt + 40_000,
    metrics: {},
    ...what,
  }
}
const shadowRun = (part: Partial<PairableRun> & { at?: number } = {}) => aRun({ shadow: true, ...part })
const pairsOf = (...runs: PairableRun[]) => matchedRuns(runs).map((each) => shadowPairOf(each, base))

describe('a shadow run pairs with the production run of its unit', () => {
  test('whichever was first, and whatever the order of arrival', () => {
    const [early, late] = [aRun({ at: -hour }), shadowRun({ outcome: 'FAIL' })]
    expect(pairsOf(late, early)).toMatchObject([{ serial: 'SN-1', state: 'worse', why: null }])
    expect(pairsOf(aRun({ at: hour, outcome: 'ERROR' }), shadowRun())).toMatchObject([{ state: 'better' }])
  })

  test('that is the first one within a day, never a retest of it, though that is nearer', () => {
    const first = aRun({ outcome: 'FAIL' })
    const retest = aRun({ at: 2 * minute })
    const shadow = shadowRun({ at: 3 * minute, outcome: 'FAIL' })
    const again = shadowRun({ at: 4 * minute })
    expect(matchedRuns([again, retest, shadow, first])).toEqual([{ shadow, production: first }])
  })

  test('not beyond a day, and no run twice', () => {
    expect(pairsOf(aRun({ at: -24 * hour - 1 }), shadowRun())).toEqual([])
    const one = aRun({})
    expect(matchedRuns([one, shadowRun({ at: -23 * hour }), shadowRun({ at: 23 * hour })])).toHaveLength(1)
    expect(pairsOf(aRun({ unit: 'sn-2' }), shadowRun())).toEqual([])
  })

  test('and is void where one was aborted or the builds are not the two', () => {
    expect(pairsOf(aRun({ outcome: 'ABORTED' }), shadowRun())).toMatchObject([
      { state: 'void', why: 'the production run was aborted' },
    ])
    expect(pairsOf(aRun({}), shadowRun({ outcome: 'ABORTED' }))).toMatchObject([
      { state: 'void', why: 'the shadow run was aborted' },
    ])
    expect(pairsOf(aRun({ deploymentId: build }), shadowRun())).toMatchObject([
      { state: 'void', why: 'both runs were of the new build' },
    ])
    expect(pairsOf(aRun({ deploymentId: thirdBuild, version: 'v0' }), shadowRun())).toMatchObject([
      { state: 'void', why: 'the production run was of v0, not of base' },
    ])
    expect(pairsOf(aRun({ deploymentId: null }), shadowRun())).toMatchObject([{ state: 'void' }])
  })

  test('the same way in any order, each run in one pair at most', () => {
    const anyRun = fc
      .record({
        unit: fc.constantFrom('a', 'b'),
        shadow: fc.boolean(),
        at: fc.integer({ min: 0, max: 80 }).map((step) => step * hour),
        outcome: fc.constantFrom('PASS' as const, 'FAIL' as const, 'ABORTED' as const),
      })
      .map(aRun)
    fc.assert(
      fc.property(
        fc
          .array(anyRun, { maxLength: 30 })
          .chain((runs) =>
            fc.tuple(fc.constant(runs), fc.shuffledSubarray(runs, { minLength: runs.length })),
          ),
        ([runs, shuffled]) => {
          const matched = matchedRuns(runs)
          const ids = (all: typeof matched) =>
            all.map(({ shadow, production }) => `${shadow.id} ${production.id}`).sort()
          expect(ids(matchedRuns(shuffled))).toEqual(ids(matched))
          const used = matched.flatMap(({ shadow, production }) => [shadow, production])
          expect(new Set(used).size).toBe(used.length)
          for (const { shadow, production } of matched) {
            expect([shadow.shadow, production.shadow, shadow.unit]).toEqual([true, false, production.unit])
            expect(Math.abs(shadow.startedAt - production.startedAt)).toBeLessThanOrEqual(24 * hour)
          }
        },
      ),
    )
  })

  test('so that builds that are alike are as often worse as better, though the line retests what failed', () => {
    // Of a unit that either build passes in half of its runs, all that can happen: production, its retest, shadow.
    const all = (['PASS', 'FAIL'] as const).flatMap((first) =>
      (['PASS', 'FAIL'] as const).flatMap((second) =>
        (['PASS', 'FAIL'] as const).map((shadow) =>
          pairsOf(
            aRun({ outcome: first }),
            ...(first === 'FAIL' ? [aRun({ at: minute, outcome: second })] : []),
            shadowRun({ at: 2 * minute, outcome: shadow }),
          ),
        ),
      ),
    )
    const { worse, better } = shadowCounts(all.flat())
    expect([worse, better]).toEqual([2, 2])
  })
})

describe('what shadow pairs come to', () => {
  const unit = (number: number, ofBase: Partial<PairableRun>, ofNew: Partial<PairableRun>) => {
    const named = { unit: `u-${number}`, serial: `U-${number}` }
    return [aRun({ ...ofBase, ...named }), shadowRun({ ...ofNew, ...named })]
  }

  test('is counted and said, with the evidence of the sign test', () => {
    const runs = [
      ...[1, 2, 3].flatMap((number) => unit(number, {}, { outcome: 'FAIL' })),
      ...unit(4, { outcome: 'TIMEOUT' }, { outcome: 'FAIL' }),
      ...unit(5, {}, {}),
      ...unit(6, { outcome: 'ABORTED' }, {}),
    ]
    const summary = summaryOfShadow(matchedRuns(runs), base, [])
    expect(summary).toMatchObject({
      pairs: 5,
      worse: 3,
      better: 0,
      concordant: 2,
      void: 1,
      headline: 'the new build alone failed 3 of 5 units that both builds tested, base alone 0',
    })
    expect(Math.exp(summary.logEvidence)).toBeCloseTo(3.75, 9)
  })

  test('holds numbers that both runs report, unit by unit, and beyond what a gate on them tolerates', () => {
    const runs = [10, 10, 10, 20].flatMap((mA, index) =>
      unit(index, { metrics: { mA, onlyBase: 1 } }, { metrics: { mA: mA + (index === 0 ? -0.5 : 3) } }),
    )
    const gate = {
      name: 'current',
      read: 'mA',
      shiftRelative: 0.2,
      shiftBy: 0,
      direction: 'increase' as const,
    }
    const { numbers } = summaryOfShadow(matchedRuns(runs), base, [gate])
    expect(numbers.map(({ name }) => name)).toEqual(['mA', 'duration_s'])
    expect(numbers[0]).toMatchObject({
      pairs: 4,
      higher: 3,
      lower: 1,
      medianDifference: 3,
      medianOfBase: 10,
      // 13 is beyond 10 by more than a fifth, 23 not beyond 20; the other way round neither is beyond the new one.
      beyond: [{ gate: 'current', worse: 2, better: 0 }],
    })
    const down = summaryOfShadow(matchedRuns(runs), base, [{ ...gate, direction: 'decrease' }])
    expect(down.numbers[0]?.beyond).toMatchObject([{ worse: 0, better: 2 }])
  })
})
