import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pairedLogEvidence } from '../../../server/domain/statistics/paired-evidence.ts'
import {
  pairedBounds,
  pairedLogEvidenceBeyond,
  probabilityPairedBeyond,
} from '../../../server/domain/statistics/paired-evidence-beyond.ts'

const counts = (worse: number, better: number, equal: number) => ({ worse, better, equal })

describe('the evidence that pairs differ by more than is tolerated', () => {
  test('is that of the sign test where nothing is tolerated, and goes over into it', () => {
    expect(Math.exp(pairedLogEvidenceBeyond(counts(6, 0, 54), 0))).toBeCloseTo(127 / 7, 9)
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.nat(500), (worse, better, equal) => {
        const near = pairedLogEvidenceBeyond(counts(worse, better, equal), 1e-9)
        expect(Math.abs(near - pairedLogEvidence(worse, better))).toBeLessThan(0.01)
      }),
    )
  })

  test('is less the more is tolerated, and less with every pair that is equal', () => {
    const at = (tolerated: number, equal = 54) =>
      Math.exp(pairedLogEvidenceBeyond(counts(6, 0, equal), tolerated))
    expect(at(0.02)).toBeCloseTo(7.5565, 3)
    expect([0, 0.01, 0.02, 0.05].map((tolerated) => at(tolerated))).toEqual(
      [0, 0.01, 0.02, 0.05].map((tolerated) => at(tolerated)).toSorted((a, b) => b - a),
    )
    expect(at(0.02, 500)).toBeLessThan(at(0.02, 54))
    expect(at(0, 500)).toBe(at(0, 54))
  })

  /** All ways that 12 pairs can come out, each with its probability: nothing is left to chance. */
  function expectation(tolerated: number, p: { worse: number; better: number }): number {
    const pairs = 12
    const equal = 1 - p.worse - p.better
    let sum = 0
    for (let worse = 0; worse <= pairs; worse++)
      for (let better = 0; worse + better <= pairs; better++) {
        const rest = pairs - worse - better
        const ways = factorial(pairs) / (factorial(worse) * factorial(better) * factorial(rest))
        const chance = ways * p.worse ** worse * p.better ** better * equal ** rest
        sum += chance * Math.exp(pairedLogEvidenceBeyond(counts(worse, better, rest), tolerated))
      }
    return sum
  }

  test('has an expectation of 1 at the tolerated difference, less below and more beyond', () => {
    expect(expectation(0.05, { worse: 0.15, better: 0.1 })).toBeCloseTo(1, 6)
    expect(expectation(-0.2, { worse: 0.1, better: 0.3 })).toBeCloseTo(1, 6)
    expect(expectation(0.05, { worse: 0.12, better: 0.1 })).toBeLessThan(1)
    expect(expectation(0.05, { worse: 0.3, better: 0.1 })).toBeGreaterThan(1)
  })

  test('bounds the difference from both sides', () => {
    const { low, high } = pairedBounds(counts(20, 2, 178), 0.01)
    expect(low).toBeGreaterThan(0)
    expect(low).toBeLessThan(18 / 200)
    expect(high).toBeGreaterThan(18 / 200)
    expect(pairedLogEvidenceBeyond(counts(20, 2, 178), low)).toBeGreaterThanOrEqual(Math.log(100))
    expect(pairedLogEvidenceBeyond(counts(20, 2, 178), low + 0.001)).toBeLessThan(Math.log(100))
    expect(pairedBounds(counts(0, 0, 0), 0.01)).toEqual({ low: -1, high: 1 })
  })
})

describe('the chance that the new build is worse by more than so much', () => {
  test('is the upper tail of a beta', () => {
    // Beta(7, 2) above 1/2: 1 − I(0.5; 7, 2) = 1 − 9/256, by the binomial sum.
    expect(probabilityPairedBeyond(counts(6, 1, 40), 0)).toBeCloseTo(1 - 9 / 256, 12)
    // 47 pairs, 7 of them different: beyond 7/94 is a part of 3/4.
    const part = 0.75
    const tail = Array.from({ length: 7 }, (_, k) => choose(8, k) * part ** k * (1 - part) ** (8 - k))
    expect(probabilityPairedBeyond(counts(6, 1, 40), 3.5 / 47)).toBeCloseTo(
      tail.reduce((sum, term) => sum + term, 0),
      12,
    )
  })

  test('is none where no pair differs, and a probability for any counts', () => {
    expect(probabilityPairedBeyond(counts(0, 0, 100), 0)).toBe(0)
    fc.assert(
      fc.property(
        fc.nat(3000),
        fc.nat(3000),
        fc.nat(3000),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (worse, better, equal, points) => {
          const chance = probabilityPairedBeyond(counts(worse, better, equal), points)
          expect(chance >= 0 && chance <= 1).toBe(true)
        },
      ),
    )
  })
})

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1)
}

function choose(n: number, k: number): number {
  return factorial(n) / (factorial(k) * factorial(n - k))
}
