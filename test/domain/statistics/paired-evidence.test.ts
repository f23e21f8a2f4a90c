import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairedLogEvidence } from '../../../server/domain/statistics/paired-evidence.ts'
import { seededRandom } from './tallies.ts'

/** The mean of (2p)^worse (2 − 2p)^better over p from 1/2 to 1, by Simpson's rule on 20,000 strips. */
function byIntegration(worse: number, better: number): number {
  const height = (p: number) => (2 * p) ** worse * (2 - 2 * p) ** better
  const strips = 20_000
  const width = 0.5 / strips
  let sum = 0
  for (let strip = 0; strip < strips; strip++) {
    const from = 0.5 + strip * width
    sum += (width / 6) * (height(from) + 4 * height(from + width / 2) + height(from + width))
  }
  return 2 * sum
}

const few = fc.integer({ min: 0, max: 60 })
const any = fc.oneof(few, fc.constantFrom(0, 1, 1000, 10_000_000), fc.integer({ min: 0, max: 1_000_000 }))

describe('evidence from matched pairs', () => {
  test('is what the worked examples say', () => {
    expect(pairedLogEvidence(0, 0)).toBe(0)
    expect(Math.exp(pairedLogEvidence(1, 0))).toBeCloseTo(1.5, 12)
    expect(Math.exp(pairedLogEvidence(3, 0))).toBeCloseTo(3.75, 12)
    expect(Math.exp(pairedLogEvidence(6, 0))).toBeCloseTo(127 / 7, 12)
  })

  test('is the mean of the likelihood ratio over all chances above a half', () => {
    fc.assert(
      fc.property(few, few, (worse, better) => {
        expect(pairedLogEvidence(worse, better)).toBeCloseTo(Math.log(byIntegration(worse, better)), 9)
      }),
      { numRuns: 60 },
    )
  })

  // exact fractions of whole numbers, Python 3.11
  test.each([
    [1000, 500, 82.15248321940703],
    [2600, 2400, 0.6581175122773857],
  ])('is exact for %d worse and %d better', (worse, better, expected) => {
    expect(pairedLogEvidence(worse, better)).toBeCloseTo(expected, 9)
  })

  test('is fair: after each pair it is on average what it was before', () => {
    fc.assert(
      fc.property(any, any, (worse, better) => {
        const before = pairedLogEvidence(worse, better)
        const after =
          (Math.exp(pairedLogEvidence(worse + 1, better) - before) +
            Math.exp(pairedLogEvidence(worse, better + 1) - before)) /
          2
        expect(after).toBeCloseTo(1, 6)
      }),
      { numRuns: 300 },
    )
  })

  test('rises with every worse pair, falls with every better one, and is never NaN', () => {
    fc.assert(
      fc.property(any, any, (worse, better) => {
        const evidence = pairedLogEvidence(worse, better)
        expect(Number.isFinite(evidence)).toBe(true)
        expect(pairedLogEvidence(worse + 1, better)).toBeGreaterThan(evidence)
        expect(pairedLogEvidence(worse, better + 1)).toBeLessThan(evidence)
      }),
      { numRuns: 300 },
    )
  })
})

describe('looked at after each pair', () => {
  /** Share of series of so many pairs that ever reach evidence 20. */
  const claimed = (chanceOfWorse: number, pairs: number) => {
    const random = seededRandom(7)
    const series = 4000
    let reached = 0
    for (let one = 0; one < series; one++) {
      let worse = 0
      for (let pair = 1; pair <= pairs; pair++) {
        if (random() < chanceOfWorse) worse += 1
        if (pairedLogEvidence(worse, pair - worse) < Math.log(20)) continue
        reached += 1
        break
      }
    }
    return reached / series
  }

  test('at most one series in twenty without a difference ever reaches evidence 20', () => {
    const alike = claimed(0.5, 200)
    expect(alike).toBeLessThanOrEqual(0.05)
    expect(alike).toBeGreaterThan(0.01)
    expect(claimed(0.4, 200)).toBeLessThan(0.01)
  })

  test('a build that is the worse one in nine of ten pairs is found within 30 pairs', () => {
    expect(claimed(0.9, 30)).toBeGreaterThan(0.95)
  })
})
