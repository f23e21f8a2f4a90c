import fc from 'fast-check'
import { gammaln } from 'simple-statistics'
import { describe, expect, test } from 'vitest'
import { alwaysValidBounds } from '../../../server/domain/statistics/always-valid-bounds.ts'
import {
  averageOverDrift,
  type LikelihoodCurve,
} from '../../../server/domain/statistics/average-over-drift.ts'
import type { Drift } from '../../../server/domain/statistics/base-drift.ts'
import { canaryModel } from '../../../server/domain/statistics/canary-model.ts'
import { driftNodes } from '../../../server/domain/statistics/drift-nodes.ts'
import { kernelLimits } from '../../../server/domain/statistics/kernel-limits.ts'
import { likelihoodCurve } from '../../../server/domain/statistics/likelihood-curve.ts'
import { likelihoodWidth } from '../../../server/domain/statistics/likelihood-width.ts'
import { logEvidence } from '../../../server/domain/statistics/log-evidence.ts'
import { logSumExp } from '../../../server/domain/statistics/log-sum-exp.ts'
import { posterior, probabilityAbove } from '../../../server/domain/statistics/posterior.ts'
import { type CanaryStation, summedKernel } from '../../../server/domain/statistics/summed-kernel.ts'
import { termsThatCount } from '../../../server/domain/statistics/terms-that-count.ts'
import { fleet, seededRandom } from './tallies.ts'

const runsAndBad = fc
  .oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 3000 }))
  .chain((runs) =>
    fc.record({
      runs: fc.constant(runs),
      bad: fc.oneof(
        fc.constantFrom(0, runs),
        fc.integer({ min: 0, max: runs }),
        fc.nat({ max: Math.min(runs, 20) }),
      ),
    }),
  )

const anyStation: fc.Arbitrary<CanaryStation> = fc
  .record({
    counts: runsAndBad,
    isWhole: fc.boolean(),
    logOdds: fc.double({ min: -9, max: 4, noNaN: true }),
    variance: fc.oneof(
      fc.double({ min: 0.003, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
    ),
  })
  .map(({ counts, isWhole, ...prior }) => ({
    ...prior,
    runs: isWhole ? counts.runs : counts.runs + 0.5,
    bad: isWhole ? counts.bad : counts.bad * 0.9,
  }))

const anyShift = fc.double({ min: -9, max: 9, noNaN: true })

/** The formula as it is written in the source, by differences of the library's log-gamma. */
function byLogGamma({ runs, bad, logOdds, variance }: CanaryStation, shift: number): number {
  const rate = Math.min(Math.max(1 / (1 + Math.exp(-logOdds - shift)), 1e-7), 1 - 1e-7)
  const strength = Math.max(1 / (variance * rate * (1 - rate)) - 1, 0.5)
  const rising = (start: number, steps: number) => gammaln(start + steps) - gammaln(start)
  return rising(rate * strength, bad) + rising((1 - rate) * strength, runs - bad) - rising(strength, runs)
}

describe('the summed kernel', () => {
  test('is the sum of the beta-binomials, whichever way its products are taken', () => {
    fc.assert(
      fc.property(fc.array(anyStation, { minLength: 1, maxLength: 30 }), anyShift, (stations, shift) => {
        const expected = stations.reduce((sum, station) => sum + byLogGamma(station, shift), 0)
        // log-gammas of a Beta as strong as a hundred million have lost seven digits
        const lost = stations.reduce((most, { variance }) => most + 1e-8 / variance, 1e-9)
        expect(Math.abs(summedKernel(stations)(shift) - expected)).toBeLessThan(
          lost * Math.max(1, Math.abs(expected)),
        )
      }),
      { numRuns: 1000 },
    )
  })

  test('does not lose a product that gets small over many stations', () => {
    const failing = Array.from({ length: 500 }, () => ({ runs: 12, bad: 12, logOdds: -9, variance: 0.1 }))
    const one = summedKernel(failing.slice(0, 1))(0)
    expect(one).toBeLessThan(-50)
    expect(summedKernel(failing)(0)).toBeCloseTo(500 * one, 6)
  })

  test('has no limit of its own where no station is at one, and is constant where all are', () => {
    fc.assert(
      fc.property(fc.array(anyStation, { minLength: 1, maxLength: 8 }), anyShift, (stations, shift) => {
        const limits = kernelLimits(stations)
        const kernel = summedKernel(stations)
        if (shift >= limits.smoothFrom && shift <= limits.smoothTo) {
          expect(summedKernel(stations, 0)(shift)).toBeCloseTo(kernel(shift), 9)
        }
        const beyond = Math.abs(shift)
        expect(kernel(limits.flatTo - beyond)).toBeCloseTo(kernel(limits.flatTo), 6)
        expect(kernel(limits.flatFrom + beyond)).toBeCloseTo(kernel(limits.flatFrom), 6)
      }),
      { numRuns: 300 },
    )
  })

  test('is concave up to a variance of 1, and not beyond', () => {
    const bulge = (station: CanaryStation, at: number) => {
      const kernel = summedKernel([station], 0)
      return kernel(at - 0.25) - 2 * kernel(at) + kernel(at + 0.25)
    }
    fc.assert(
      fc.property(anyStation, fc.double({ min: -12, max: 12, noNaN: true }), (station, at) => {
        fc.pre(kernelLimits([station]).isConcave)
        expect(bulge({ ...station, logOdds: 0 }, at)).toBeLessThan(1e-9 * station.runs)
      }),
      { numRuns: 2000 },
    )
    const wide = { runs: 12_999, bad: 0, logOdds: 0, variance: 1.5 }
    expect(kernelLimits([wide]).isConcave).toBe(false)
    expect(bulge(wide, -2.9)).toBeGreaterThan(1e-3)
  })
})

describe('what is left unread', () => {
  const concave = (place: number) => -((place - 40) ** 2) / 3
  const places = Array.from({ length: 400 }, (_, place) => place)

  test('of a concave row the terms near the largest are kept, wherever the reading starts', () => {
    const all = logSumExp(places.map(concave))
    for (const from of [0, 40, 399]) {
      const read: number[] = []
      const logTerm = (place: number) => {
        read.push(place)
        return concave(place)
      }
      const { first, logs } = termsThatCount(places, logTerm, { from, isConcave: true })
      expect(logSumExp(logs)).toBeCloseTo(all, 14)
      expect(logs[0]).toBe(concave(first))
      expect(new Set(read).size).toBe(read.length)
    }
    expect(termsThatCount(places, concave, { from: 40, isConcave: true }).logs.length).toBeLessThan(30)
  })

  test('of a row with two tops nothing is left out', () => {
    const { first, logs } = termsThatCount([0, -100, 0], (value) => value, { from: 0, isConcave: false })
    expect([first, ...logs]).toEqual([0, 0, -100, 0])
  })

  const narrow = driftNodes({ shift: 0.1, variance: 0.09 }, 0.01)

  test.each([-4, -0.3, 0, 1.7, 6])('an average over many drifts is the same, at a change of %d', (change) => {
    let asked = 0
    const likelihood = (shift: number) => {
      asked += 1
      return -(((shift - 0.2) / 0.01) ** 2) / 2
    }
    const read = averageOverDrift(likelihood, narrow, { from: -100, to: 100 }).at(change)
    const askedOnce = asked
    expect(averageOverDrift(likelihood, narrow).at(change)).toBeCloseTo(read, 9)
    expect(narrow.length).toBeGreaterThan(300)
    expect(askedOnce).toBeLessThan(100)
  })

  test.each([1, -1])(
    'an average takes in a second top outside the range that is concave (side %d)',
    (side) => {
      const likelihood = (shift: number) => (side * shift > 1 ? 500 : -((shift / 0.05) ** 2) / 2)
      const range = side > 0 ? { from: -100, to: 1 } : { from: -1, to: 100 }
      const curve = averageOverDrift(likelihood, narrow, range)
      const whole = averageOverDrift(likelihood, narrow)
      for (const change of [-1.5, -0.5, 0, 0.5, 1.5])
        expect(curve.at(change)).toBeCloseTo(whole.at(change), 9)
      expect(whole.at(side * 0.5)).toBeGreaterThan(490)
      // drifts reach from −1.7 to 1.9
      expect(curve.isConcave(Math.min(-side, -2 * side), Math.max(-side, -2 * side))).toBe(true)
      expect(curve.isConcave(Math.min(0, -2 * side), Math.max(0, -2 * side))).toBe(false)
    },
  )

  test('evidence and posterior of a curve with several tops take in all of them', () => {
    const tops: LikelihoodCurve = {
      at: (change) => (Number.isInteger(change) ? 0 : -100),
      isConcave: () => false,
    }
    // shares of the alternatives 1, 2, 3 and 4 beyond the limit
    const share = [1, 2, 3, 4].reduce((sum, beyond) => sum + Math.exp(-(beyond ** 2) / (2 * 1.25 ** 2)), 0)
    const all = Array.from({ length: 16 }, (_, step) => (step + 1) / 4).reduce(
      (sum, beyond) => sum + Math.exp(-(beyond ** 2) / (2 * 1.25 ** 2)),
      0,
    )
    expect(logEvidence(tops, 0, 1)).toBeCloseTo(Math.log(share / all), 9)
    expect(logEvidence(tops, 0, -1)).toBeCloseTo(Math.log(share / all), 9)
    // eight whole changes from −3 to 4, four of them above 0 and one at it
    const above = probabilityAbove(posterior(tops, 100), 0)
    expect(above).toBeCloseTo(4.5 / 8, 3)
  })

  test('evidence, bounds and posterior are those of a curve of which everything is read', () => {
    const random = seededRandom(11)
    const stories = [
      { size: 20, canary: 1, rate: 0.02 },
      { size: 20, canary: 20, rate: 0.3 },
      { size: 60, canary: 40, rate: 0.1 },
      { size: 60, canary: 60, rate: 0.005 },
    ]
    for (const story of [...stories, ...stories, ...stories]) {
      const tallies = fleet(random, { ...story, bias: 0.3, noise: 0.2 }).map(({ tally, rateNow }) => {
        const runs = 1 + Math.floor(300 * random())
        return { ...tally, runs, bad: Math.min(runs, Math.floor(2 * random() * rateNow * runs + random())) }
      })
      const { canary, drift } = canaryModel(tallies, { driftNoise: 0.15 })
      const curve = likelihoodCurve(canary, drift)
      const whole: LikelihoodCurve = { at: curve.at, isConcave: () => false }
      expect(curve.isConcave(-7, 8.5)).toBe(true)
      for (const limit of [-0.5, 0, 0.2]) {
        expect(logEvidence(curve, limit, 1)).toBeCloseTo(logEvidence(whole, limit, 1), 9)
        expect(logEvidence(curve, limit, -1)).toBeCloseTo(logEvidence(whole, limit, -1), 9)
      }
      expect(alwaysValidBounds(curve, 0.02)).toEqual(alwaysValidBounds(whole, 0.02))
      const [one, other] = [posterior(curve, 1), posterior(whole, 1)]
      for (const limit of [-0.4, 0, 0.7]) {
        expect(probabilityAbove(one, limit)).toBeCloseTo(probabilityAbove(other, limit), 12)
      }
    }
  })
})

describe('the curve', () => {
  test('is called concave only where the kernel is and no station comes to a limit', () => {
    const concaveOver = (prior: { logOdds: number; variance: number }, from: number, to: number) =>
      likelihoodCurve([{ runs: 50, bad: 1, ...prior }], { shift: 0, variance: 0.01 }).isConcave(from, to)
    expect(concaveOver({ logOdds: -4, variance: 0.05 }, -7, 8.5)).toBe(true)
    expect(concaveOver({ logOdds: -4, variance: 1.01 }, 0, 0)).toBe(false)
    // 1e-7 are log-odds of −16.1, and drifts reach 0.4
    expect(concaveOver({ logOdds: -14, variance: 0.05 }, -1.7, 4)).toBe(true)
    expect(concaveOver({ logOdds: -14, variance: 0.05 }, -1.8, 4)).toBe(false)
    expect(concaveOver({ logOdds: 14, variance: 0.05 }, -4, 1.8)).toBe(false)
  })

  /** The average over the drifts of the sum computed anew, without table or shortcut. */
  const direct = (stations: readonly CanaryStation[], drift: Drift, change: number) =>
    logSumExp(
      driftNodes(drift, likelihoodWidth(stations)).map(
        ({ shift, logWeight }) =>
          logWeight + stations.reduce((sum, station) => sum + summedKernel([station])(change + shift), 0),
      ),
    )

  test.each([
    ['usual stations', { logOdds: -4, variance: 0.06, failing: 0.02 }],
    ['stations that never failed', { logOdds: -15.3, variance: 2.2, failing: 0 }],
    ['stations that never failed and do now', { logOdds: -15.3, variance: 0.9, failing: 0.5 }],
    ['stations that hardly ever pass', { logOdds: 6, variance: 0.4, failing: 0.9 }],
    ['stations without a past', { logOdds: 0, variance: 4.2, failing: 0.3 }],
  ])('is the average of the sum, for %s', (_, { logOdds, variance, failing }) => {
    const stations = Array.from({ length: 40 }, (_, place) => ({
      runs: 20 + 7 * place,
      bad: Math.round((20 + 7 * place) * failing),
      logOdds: logOdds + 0.02 * place,
      variance,
    }))
    for (const drift of [
      { shift: 0.05, variance: 0.02 },
      { shift: 0, variance: 0.6 },
    ]) {
      const curve = likelihoodCurve(stations, drift)
      for (const change of [-8, -3, -2, -1.1, 0, 0.0953, 0.7, 2.5, 4.5, 12, 30]) {
        expect(curve.at(change) / direct(stations, drift, change)).toBeCloseTo(1, 9)
      }
    }
  })
})
