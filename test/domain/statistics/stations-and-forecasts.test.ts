import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { directStandardisation } from '../../../server/domain/statistics/direct-standardisation.ts'
import { estimateDriftNoise } from '../../../server/domain/statistics/estimate-drift-noise.ts'
import { exceedance } from '../../../server/domain/statistics/exceedance.ts'
import { mixIndex } from '../../../server/domain/statistics/mix-index.ts'
import { oneSampleLogEvidence } from '../../../server/domain/statistics/one-sample-evidence.ts'
import { runsToDecision } from '../../../server/domain/statistics/runs-to-decision.ts'
import { smallestProvableChange } from '../../../server/domain/statistics/smallest-provable-change.ts'
import { stationEvidence } from '../../../server/domain/statistics/station-evidence.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { suspectedStation } from '../../../server/domain/statistics/suspected-station.ts'
import { anyTallies, countBad, seededRandom } from './tallies.ts'

const stations = (arms: readonly ['base' | 'canary', number][]): StationTally[] =>
  arms.map(([arm, bad], place) => ({ id: `s${place}`, arm, pastRuns: 1000, pastBad: 20, runs: 100, bad }))

const quietBase: ['base', number][] = Array.from({ length: 10 }, () => ['base', 2])

describe('build or station', () => {
  test('one of three canary stations fails alone: that station is suspected', () => {
    const found = suspectedStation(stations([['canary', 2], ['canary', 40], ['canary', 2], ...quietBase]))
    expect(found).toMatchObject({ id: 's1', isSuspected: true })
    expect(found?.logEvidenceAlone).toBeGreaterThan(10)
  })

  test('all three fail: no station is suspected', () => {
    const found = suspectedStation(stations([['canary', 12], ['canary', 14], ['canary', 11], ...quietBase]))
    expect(found).toMatchObject({ id: 's1', isSuspected: false })
    expect(found?.logEvidenceOfOthers).toBeGreaterThan(3)
  })

  test('none fails: there is nothing to suspect', () => {
    const found = suspectedStation(stations([['canary', 2], ['canary', 3], ['canary', 2], ...quietBase]))
    expect(found?.isSuspected).toBe(false)
  })

  test('a single canary station cannot be told from the build', () => {
    expect(suspectedStation(stations([['canary', 40], ...quietBase]))).toBeUndefined()
  })

  test('the stations are listed strongest first, and nothing is NaN whatever the counts', () => {
    fc.assert(
      fc.property(anyTallies, (tallies) => {
        const listed = stationEvidence(tallies).map(({ logEvidence }) => logEvidence)
        for (const value of listed) expect(value).not.toBeNaN()
        expect(listed).toEqual([...listed].sort((one, other) => other - one))
        expect(suspectedStation(tallies)?.probabilityOthersWorse).not.toBeNaN()
      }),
      { numRuns: 100 },
    )
  })
})

describe('before the start', () => {
  /** Twenty stations whose rates scatter by about a quarter in log-odds around 2 %. */
  const fleet = (canary: number): StationTally[] =>
    Array.from({ length: 20 }, (_, place) => ({
      id: `s${place}`,
      arm: place < canary ? 'canary' : 'base',
      pastRuns: 1000,
      pastBad: [12, 14, 16, 17, 18, 19, 20, 21, 22, 24, 25, 27, 30, 34, 13, 15, 18, 20, 22, 26][place] ?? 20,
      runs: 0,
      bad: 0,
    }))
  const even = (canary: number): StationTally[] => fleet(canary).map((tally) => ({ ...tally, pastBad: 20 }))

  test('more canary stations prove smaller changes', () => {
    const one = smallestProvableChange(fleet(1))
    const five = smallestProvableChange(fleet(5))
    expect(one?.change).toBeGreaterThan(0.5)
    expect(five?.change).toBeLessThan(0.4)
  })

  test('the figures follow from the formula, computed by hand for equal stations', () => {
    // variance 0.0625 shrinks to its floor 0.01: 1/(0.01 × 0.02 × 0.98) - 1 = 5,101 runs of the fleet
    const found = smallestProvableChange(even(1))
    expect(found?.expectedRate).toBeCloseTo(0.02, 4)
    expect(found?.change).toBeCloseTo(Math.sqrt(2 * (Math.log(20) + 1.3) * (0.0326 + 0.0017)), 2)
  })

  test('without a canary station there is no answer', () => {
    expect(smallestProvableChange(fleet(0))).toBeUndefined()
  })

  test('a build that looks no worse never decides, one already decided needs no more runs', () => {
    const rates = { toleratedRate: 0.02, alpha: 0.05 }
    expect(runsToDecision({ ...rates, assumedRate: 0.02 })).toBe(Number.POSITIVE_INFINITY)
    expect(runsToDecision({ ...rates, assumedRate: 0.01 })).toBe(Number.POSITIVE_INFINITY)
    expect(runsToDecision({ ...rates, assumedRate: 0.04, logEvidence: 9 })).toBe(0)
    expect(runsToDecision({ ...rates, assumedRate: 1 })).toBeGreaterThan(0)
  })
})

describe('against a set limit', () => {
  test('evidence is fair: averaged over all outcomes at the limit it is one', () => {
    const runs = 12
    const limit = 0.1
    let mean = 0
    let orders = 1
    for (let bad = 0; bad <= runs; bad++) {
      mean +=
        orders * limit ** bad * (1 - limit) ** (runs - bad) * Math.exp(oneSampleLogEvidence(bad, runs, limit))
      orders = (orders * (runs - bad)) / (bad + 1)
    }
    expect(mean).toBeCloseTo(1, 10)
  })

  test('no runs say nothing, and no count and no limit makes a NaN', () => {
    expect(oneSampleLogEvidence(0, 0, 0.01)).toBeCloseTo(0, 12)
    for (const limit of [0, 1e-9, 0.5, 1]) {
      for (const [bad, runs] of [
        [0, 1],
        [1, 1],
        [0, 1e7],
        [1e7, 1e7],
      ] as const) {
        expect(oneSampleLogEvidence(bad, runs, limit)).not.toBeNaN()
      }
    }
  })
})

describe('what the past teaches', () => {
  test('drift noise is the floor without enough past, and stays between floor and cap', () => {
    expect(estimateDriftNoise([])).toBe(0.15)
    expect(estimateDriftNoise([[{ bad: 1, runs: 50 }]], { floor: 0.2 })).toBe(0.2)
    const cell = fc
      .nat({ max: 500 })
      .chain((runs) => fc.record({ runs: fc.constant(runs), bad: fc.nat({ max: runs }) }))
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 6 }), (pasts) => {
        const noise = estimateDriftNoise(pasts)
        expect(noise).toBeGreaterThanOrEqual(0.15)
        expect(noise).toBeLessThanOrEqual(0.6)
      }),
    )
  })

  test('drift noise that was put in is found again', () => {
    const random = seededRandom(5)
    const pasts = Array.from({ length: 30 }, () =>
      Array.from({ length: 14 }, () => {
        const shift = random() < 0.5 ? -0.4 : 0.4
        return { runs: 300, bad: countBad(random, 300, 0.05 * Math.exp(shift)) }
      }),
    )
    expect(estimateDriftNoise(pasts)).toBeGreaterThan(0.33)
    expect(estimateDriftNoise(pasts)).toBeLessThan(0.47)
  })

  test('an unchanged mix moves nothing, nor does a station without runs', () => {
    const fleet = new Map([['A', { bad: 10, runs: 500 }]])
    expect(mixIndex(fleet, new Map([['A', 10]]), new Map([['A', 900]]))).toBeCloseTo(0, 12)
    expect(mixIndex(fleet, new Map(), new Map([['A', 900]]))).toBe(0)
    expect(mixIndex(new Map(), new Map([['A', 1]]), new Map([['constructor', 1]]))).toBe(0)
  })

  test('standardised base counts keep the counts where the mix is the same, and vanish without overlap', () => {
    const base = new Map([
      ['day', { bad: 4, runs: 200 }],
      ['night', { bad: 6, runs: 100 }],
    ])
    const same = directStandardisation(
      base,
      new Map([
        ['day', 20],
        ['night', 10],
      ]),
    )
    expect(same.runs).toBeCloseTo(300, 9)
    expect(same.bad).toBeCloseTo(10, 9)
    expect(directStandardisation(base, new Map([['dawn', 5]]))).toEqual({ bad: 0, runs: 0 })
  })

  test('a metric that must not fall is mirrored, and without a past there is no threshold', () => {
    const risen = exceedance([10, 11, 12], [9, 12.5, 14], 0.1, 'increase')
    const fallen = exceedance([-10, -11, -12], [-9, -12.5, -14], 0.1, 'decrease')
    expect(risen).toMatchObject({ threshold: 11, past: { bad: 1, runs: 3 }, since: { bad: 2, runs: 3 } })
    expect(fallen).toMatchObject({ threshold: -11, past: risen?.past ?? {}, since: risen?.since ?? {} })
    expect(exceedance([], [1], 0.1, 'increase')).toBeUndefined()
  })
})
