// Stations of which so little is known that the limit on a Beta's strength bends their likelihood: equal ones are
// computed once and the sum is read piece by piece, and neither moves a result.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alwaysValidBounds } from '../../../server/domain/statistics/always-valid-bounds.ts'
import {
  averageOverDrift,
  type LikelihoodCurve,
} from '../../../server/domain/statistics/average-over-drift.ts'
import type { Drift } from '../../../server/domain/statistics/base-drift.ts'
import { canaryModel } from '../../../server/domain/statistics/canary-model.ts'
import { driftNodes } from '../../../server/domain/statistics/drift-nodes.ts'
import { groupedKernel } from '../../../server/domain/statistics/grouped-kernel.ts'
import { kernelLimits } from '../../../server/domain/statistics/kernel-limits.ts'
import { likelihoodCurve } from '../../../server/domain/statistics/likelihood-curve.ts'
import { likelihoodWidth } from '../../../server/domain/statistics/likelihood-width.ts'
import { logEvidence } from '../../../server/domain/statistics/log-evidence.ts'
import { piecewiseTable } from '../../../server/domain/statistics/piecewise-table.ts'
import { posterior, probabilityAbove } from '../../../server/domain/statistics/posterior.ts'
import { type CanaryStation, summedKernel } from '../../../server/domain/statistics/summed-kernel.ts'

const counts = fc
  .oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 3000 }))
  .chain((runs) =>
    fc.record({ runs: fc.constant(runs), bad: fc.oneof(fc.constant(0), fc.nat({ max: runs })) }),
  )

/** Of a few priors, some so wide that strength meets its limit and one that is known well. */
const priors = [
  { logOdds: 0, variance: 4.2725 },
  { logOdds: -1.1, variance: 2.7 },
  { logOdds: 0.4, variance: 17 },
  { logOdds: -3.9, variance: 0.05 },
  { logOdds: -2, variance: 2.6 },
]

/** Many of them equal: each of a few kinds comes up to nine times, in any order. */
const someEqual: fc.Arbitrary<CanaryStation[]> = fc
  .array(fc.tuple(counts, fc.constantFrom(...priors), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 8,
  })
  .chain((kinds) => {
    const stations = kinds.flatMap(([counted, prior, times]) =>
      Array.from({ length: times }, () => ({ ...counted, ...prior })),
    )
    return fc.shuffledSubarray(stations, { minLength: stations.length })
  })

const anyShift = fc.double({ min: -12, max: 12, noNaN: true })

/** What rounding leaves of a sum of logarithms as large as this. */
const rounding = (sum: number) => 1e-9 + 1e-13 * Math.abs(sum)

describe('equal stations computed once', () => {
  test('add up to what all of them do', () => {
    fc.assert(
      fc.property(someEqual, anyShift, (stations, shift) => {
        const sum = summedKernel(stations)(shift)
        expect(Math.abs(groupedKernel(stations)(shift) - sum)).toBeLessThan(rounding(sum))
      }),
      { numRuns: 500 },
    )
  })

  test('are equal in every number that counts', () => {
    const one = { runs: 40, bad: 3, logOdds: -1, variance: 3 }
    const others = [{ runs: 41 }, { bad: 4 }, { logOdds: -1.1 }, { variance: 3.1 }]
    const stations = [one, ...others.map((other) => ({ ...one, ...other }))]
    expect(groupedKernel(stations)(0.3)).toBeCloseTo(summedKernel(stations)(0.3), 11)
  })
})

describe('the bends', () => {
  test('are where the strength of a station meets its limit, and there are none up to a variance of 8/3', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 8 / 3 + 1e-6, max: 20, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        (variance, logOdds) => {
          const { bends } = kernelLimits([{ runs: 10, bad: 1, logOdds, variance }])
          expect(bends).toHaveLength(2)
          const [lower = 0, upper = 0] = bends
          expect(upper).toBeGreaterThan(lower)
          for (const bend of bends) {
            const rate = 1 / (1 + Math.exp(-logOdds - bend))
            expect(1 / (variance * rate * (1 - rate)) - 1).toBeCloseTo(0.5, 9)
          }
        },
      ),
    )
    expect(kernelLimits([{ runs: 10, bad: 1, logOdds: 0, variance: 2.666 }]).bends).toEqual([])
  })

  test('are counted once for stations that start from one prior', () => {
    const stations = Array.from({ length: 50 }, (_, bad) => ({ runs: 60, bad, logOdds: 0, variance: 4 }))
    expect(kernelLimits(stations).bends).toHaveLength(2)
  })
})

describe('a function that is read piece by piece', () => {
  /** Smooth but for a corner at every kink. */
  const cornered = (kinks: readonly number[]) => (at: number) =>
    Math.cos(at) + kinks.reduce((sum, kink) => sum + Math.abs(at - kink), 0)

  const asksFor = (kinks: readonly number[], places: readonly number[]) => {
    let asked = 0
    const exact = cornered(kinks)
    const table = piecewiseTable((at) => {
      asked += 1
      return exact(at)
    }, kinks)
    for (const at of places) expect(Math.abs(table(at) - exact(at))).toBeLessThan(1e-11)
    return asked
  }
  const evenly = (from: number, to: number, count: number) =>
    Array.from({ length: count + 1 }, (_, step) => from + ((to - from) * step) / count)

  test('is the function, at the kinks and beside them too, for a small part of the asking', () => {
    const kinks = [-7.3, -1.43, -1.2, 1.43, 6]
    const beside = kinks.flatMap((kink) => [kink - 1e-12, kink, kink + 1e-12])
    const asked = asksFor(kinks, [...evenly(-7.3, 6, 20_000), ...beside])
    expect(asked).toBeLessThan(450)
    expect(asked).toBeGreaterThan(100)
  })

  test('is a number however near to one of its points', () => {
    const table = piecewiseTable(Math.cos, [-1, 0, 1])
    for (const at of evenly(-1, 1, 100)) table(at)
    for (const at of [5e-324, -5e-324, 1e-300, -1e-99, 1e-20]) expect(table(at)).toBeCloseTo(1, 12)
  })

  test('is computed where it is seldom asked for, and outside of the kinks', () => {
    expect(asksFor([-4, 0, 4], [-3.9, -0.1, 0.2, 3])).toBe(4)
    expect(asksFor([-4, 0, 4], [...evenly(-9, -4.01, 100), ...evenly(4.01, 9, 100)])).toBe(202)
  })

  test('is computed where its kinks are too close or too many for a table', () => {
    expect(asksFor([0, 1e-9], evenly(0, 1e-9, 500))).toBe(501)
    expect(asksFor(evenly(0, 3, 300), evenly(0, 3, 2000))).toBe(2001)
  })

  test('is the sum of any stations between its limits, whatever was asked for before', () => {
    fc.assert(
      fc.property(someEqual, fc.array(anyShift, { minLength: 50, maxLength: 50 }), (stations, shifts) => {
        const { smoothFrom, smoothTo, bends } = kernelLimits(stations)
        fc.pre(bends.length > 0)
        const exact = groupedKernel(stations)
        const table = piecewiseTable(exact, [smoothFrom, ...bends, smoothTo])
        for (const shift of evenly(smoothFrom, smoothTo, 400)) table(shift)
        for (const shift of [...shifts, ...bends, smoothFrom, smoothTo]) {
          const sum = exact(shift)
          expect(Math.abs(table(shift) - sum)).toBeLessThan(rounding(sum))
        }
      }),
      { numRuns: 100 },
    )
  })
})

describe('a fleet without a past', () => {
  /** Every drift and every station at every change, without table or grouping. */
  const direct = (stations: readonly CanaryStation[], drift: Drift): LikelihoodCurve =>
    averageOverDrift(summedKernel(stations), driftNodes(drift, likelihoodWidth(stations)))

  test('is judged as if every station were computed by itself at every change', () => {
    const tallies = fc.array(fc.tuple(counts, fc.integer({ min: 1, max: 40 })), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(tallies, (kinds) => {
        const stations = kinds
          .flatMap(([counted, times]) => Array.from({ length: times }, () => counted))
          .map((counted, place) => ({
            id: `s${place}`,
            arm: 'canary' as const,
            pastRuns: 0,
            pastBad: 0,
            ...counted,
          }))
        const { canary, drift } = canaryModel(stations, { driftNoise: 0.15 })
        const curve = likelihoodCurve(canary, drift)
        const plain = direct(canary, drift)
        const near = (one: number, other: number) => {
          if (!Number.isFinite(other)) expect(one).toBe(other)
          else expect(Math.abs(one - other)).toBeLessThan(rounding(plain.at(0)))
        }
        for (const limit of [-0.4, 0.0953, 0.7]) {
          near(logEvidence(curve, limit, 1), logEvidence(plain, limit, 1))
          near(logEvidence(curve, limit, -1), logEvidence(plain, limit, -1))
        }
        const [bounds, plainBounds] = [alwaysValidBounds(curve, 0.01), alwaysValidBounds(plain, 0.01)]
        near(bounds.lower, plainBounds.lower)
        near(bounds.upper, plainBounds.upper)
        const [believed, plainly] = [posterior(curve, 1), posterior(plain, 1)]
        for (const limit of [-0.4, 0, 0.7])
          near(probabilityAbove(believed, limit), probabilityAbove(plainly, limit))
      }),
      { numRuns: 60 },
    )
  })
})
