import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateCanary, type Judged } from '../../../server/domain/statistics/evaluate-canary.ts'
import type { EvaluationOptions } from '../../../server/domain/statistics/evaluation-options.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { anyTallies } from './tallies.ts'

const station = (changes: Partial<StationTally>): StationTally => ({
  id: 's',
  arm: 'canary',
  pastRuns: 1000,
  pastBad: 20,
  runs: 60,
  bad: 1,
  ...changes,
})

const base = Array.from({ length: 9 }, (_, place) => station({ id: `b${place}`, arm: 'base' }))

function judged(stations: StationTally[], options?: EvaluationOptions): Judged {
  const evaluation = evaluateCanary(stations, options)
  if (evaluation.status !== 'judged') throw new Error(`expected a judgement, got ${evaluation.status}`)
  return evaluation
}

const options = fc.record({
  marginRelative: fc.constantFrom(1, 1.1, 2),
  marginPoints: fc.constantFrom(0, 0.005, 0.03),
  driftNoise: fc.constantFrom(0, 0.15, 0.6),
  alpha: fc.constantFrom(0.01, 0.05),
})

describe('whatever the counts', () => {
  test('nothing throws and nothing is NaN', () => {
    fc.assert(
      fc.property(anyTallies, options, (stations, chosen) => {
        const { drift, ...numbers } = evaluateCanary(stations, chosen)
        for (const [name, value] of Object.entries({ ...numbers, ...drift })) {
          expect(value, name).not.toBeNaN()
        }
      }),
      { numRuns: 400 },
    )
  })

  test('rates and probabilities are between 0 and 1, and the limits are in order', () => {
    fc.assert(
      fc.property(anyTallies, options, (stations, chosen) => {
        const evaluation = evaluateCanary(stations, chosen)
        if (evaluation.status === 'no data') return
        const { expectedRate, lowerRateDelta, upperRateDelta } = evaluation
        const shares = [
          evaluation.probabilityWorse,
          evaluation.probabilityUnacceptable,
          evaluation.probabilitySevere,
          evaluation.posteriorRate,
          expectedRate + lowerRateDelta,
          expectedRate + upperRateDelta,
        ]
        for (const share of shares) {
          expect(share).toBeGreaterThanOrEqual(-1e-12)
          expect(share).toBeLessThanOrEqual(1 + 1e-12)
        }
        expect(lowerRateDelta).toBeLessThanOrEqual(upperRateDelta)
        expect(Number.isFinite(evaluation.logEvidence)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('the drawn lower bound and the evidence at the margin never disagree', () => {
    fc.assert(
      fc.property(anyTallies, options, (stations, chosen) => {
        const evaluation = evaluateCanary(stations, chosen)
        if (evaluation.status === 'no data') return
        const { logEvidence, evidenceNeeded, lowerLogOdds, margin } = evaluation
        if (logEvidence >= evidenceNeeded) expect(lowerLogOdds).toBeGreaterThanOrEqual(margin)
        else expect(lowerLogOdds).toBeLessThanOrEqual(margin)
      }),
      { numRuns: 300 },
    )
  })

  test('the order of the stations changes nothing', () => {
    fc.assert(
      fc.property(anyTallies, (stations) => {
        const one = evaluateCanary(stations)
        const other = evaluateCanary([...stations].reverse())
        expect(other.status).toBe(one.status)
        expect(other.expectedRate).toBeCloseTo(one.expectedRate, 9)
        if (one.status !== 'judged' || other.status !== 'judged') return
        const scale = Math.max(1, Math.abs(one.logEvidence))
        expect(Math.abs(other.logEvidence - one.logEvidence) / scale).toBeLessThan(1e-6)
      }),
      { numRuns: 200 },
    )
  })

  test('adding up a tally from two halves gives what the whole gives', () => {
    const half = { runs: 30, bad: 3 }
    const added = station({ runs: half.runs + half.runs, bad: half.bad + half.bad })
    expect(evaluateCanary([added, ...base])).toEqual(evaluateCanary([station({ bad: 6 }), ...base]))
  })

  test('one more bad canary run never lowers the evidence', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 400 })
          .chain((runs) => fc.tuple(fc.constant(runs), fc.nat({ max: runs - 1 }))),
        fc.constantFrom(0, 200, 2000),
        ([runs, bad], pastRuns) => {
          const past = { pastRuns, pastBad: Math.round(pastRuns / 50) }
          const fewer = judged([station({ ...past, runs, bad }), ...base])
          const more = judged([station({ ...past, runs, bad: bad + 1 }), ...base])
          expect(more.logEvidence).toBeGreaterThanOrEqual(fewer.logEvidence - 1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('at the edges', () => {
  test('no station and no canary run are no data, with the expectation that is known', () => {
    expect(evaluateCanary([])).toMatchObject({ status: 'no data', units: 0, expectedRate: 0.5 })
    const waiting = evaluateCanary([station({ runs: 0, bad: 0 }), ...base])
    expect(waiting.status).toBe('no data')
    expect(waiting.expectedRate).toBeCloseTo(0.0185, 4)
  })

  test('three bad of three is a breach, two of two is not yet', () => {
    expect(judged([station({ runs: 3, bad: 3 }), ...base]).breach).toBe(true)
    const two = judged([station({ runs: 2, bad: 2 }), ...base])
    expect(two.logEvidence).toBeGreaterThan(two.evidenceNeeded)
    expect(two.breach).toBe(false)
  })

  test('a canary where every run fails is proven far worse, not infinitely worse', () => {
    const rare = base.map((tally) => ({ ...tally, pastRuns: 2000, pastBad: 0, bad: 0 }))
    const all = judged([station({ pastRuns: 2000, pastBad: 0, runs: 60, bad: 60 }), ...rare])
    expect(all.lowerLogOdds).toBeGreaterThan(4.5)
    expect(Number.isFinite(all.lowerLogOdds)).toBe(true)
    expect(all.expectedRate + all.lowerRateDelta).toBeLessThan(1)
    expect(all.breach).toBe(true)
  })

  test('a line that always fails does not breach by going on as before', () => {
    const failing = { pastRuns: 20_000, pastBad: 20_000, runs: 300, bad: 300 }
    const line = base.map((tally) => ({ ...tally, ...failing }))
    const usual = judged([station(failing), ...line])
    expect(usual.expectedRate).toBeGreaterThan(0.999)
    expect(usual.margin).toBe(0)
    expect(usual.breach).toBe(false)
  })

  test('counts that are not possible are taken as the nearest possible ones', () => {
    const more = judged([station({ runs: 10, bad: 12 }), ...base])
    expect(more).toEqual(judged([station({ runs: 10, bad: 10 }), ...base]))
  })

  test('numbers far beyond any line still give a judgement', () => {
    const huge = judged([
      station({ pastRuns: 1e308, pastBad: 1e306, runs: 1e308, bad: 2e306 }),
      station({ id: 'b', arm: 'base', pastRuns: 1e308, pastBad: 0, runs: 1e15, bad: 1e15 }),
    ])
    expect(Number.isFinite(huge.logEvidence)).toBe(true)
  })

  test('a mix that no line has does not break the judgement', () => {
    const mix = new Map([
      ['s', 1e6],
      ['b0', 1e6],
      ['b1', -1e6],
    ])
    expect(Number.isFinite(judged([station({}), ...base], { mix }).logEvidence)).toBe(true)
  })

  test('without base the last drift is kept and becomes less certain', () => {
    const previousDrift = { shift: 0.2, variance: 0.01 }
    const { drift } = judged([station({})], { previousDrift })
    expect(drift.shift).toBe(0.2)
    expect(drift.variance).toBeCloseTo(0.02, 12)
  })

  test('equal stations count as often as they are there', () => {
    const failing = station({ bad: 4 })
    const five = Array.from({ length: 5 }, (_, place) => ({ ...failing, id: `c${place}` }))
    const one = judged([failing, ...base]).logEvidence
    expect(judged([...five, ...base]).logEvidence).toBeGreaterThan(2 * one)
  })

  test('one station with a past says nothing about how stations differ', () => {
    for (let pastRuns = 1; pastRuns < 3000; pastRuns += 7) {
      const alone = judged([station({ pastRuns, pastBad: Math.round(pastRuns / 3) })])
      expect(alone.stationVariance).toBe(0.25)
    }
  })

  test('a long quiet canary proves that it is not unacceptable', () => {
    const quiet = judged([
      station({ runs: 800, bad: 12 }),
      ...base.map((tally) => ({ ...tally, runs: 800, bad: 16 })),
    ])
    expect(quiet.logEvidenceOfPass).toBeGreaterThan(Math.log(10))
  })
})
