import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canaryModel } from '../../../server/domain/statistics/canary-model.ts'
import { evaluateCanary, type Judged } from '../../../server/domain/statistics/evaluate-canary.ts'
import type { Gain } from '../../../server/domain/statistics/evaluate-gain.ts'
import type { EvaluationOptions } from '../../../server/domain/statistics/evaluation-options.ts'
import { likelihoodCurve } from '../../../server/domain/statistics/likelihood-curve.ts'
import { logEvidence } from '../../../server/domain/statistics/log-evidence.ts'
import { logOdds } from '../../../server/domain/statistics/log-odds.ts'
import type { StationTally } from '../../../server/domain/statistics/station-tally.ts'
import { anyTallies, fleet, seededRandom } from './tallies.ts'

const asked = { gainPoints: 0.03, gainAlpha: 0.005 }

const station = (changes: Partial<StationTally>): StationTally => ({
  id: 's',
  arm: 'canary',
  pastRuns: 1000,
  pastBad: 100,
  runs: 400,
  bad: 40,
  ...changes,
})

const base = Array.from({ length: 9 }, (_, place) => station({ id: `b${place}`, arm: 'base' }))

function judged(stations: readonly StationTally[], options: EvaluationOptions = asked): Judged {
  const evaluation = evaluateCanary(stations, options)
  if (evaluation.status !== 'judged') throw new Error(`expected a judgement, got ${evaluation.status}`)
  return evaluation
}

function gainOf(stations: readonly StationTally[], options?: EvaluationOptions): Gain {
  const { gain } = judged(stations, options)
  if (!gain) throw new Error('expected a gain, got null')
  return gain
}

describe('a rise of the good outcome', () => {
  test('is proven by its evidence, with a limit that says how large it is at least', () => {
    const gain = gainOf([station({ bad: 5 }), ...base])
    expect(gain.toleratedRate).toBeCloseTo(0.07, 4)
    expect(gain.margin).toBeCloseTo(logOdds(0.07) - logOdds(0.1), 4)
    expect(gain.evidenceNeeded).toBeCloseTo(Math.log(200), 12)
    expect(gain.logEvidence).toBeCloseTo(8.581, 3)
    expect(gain.upperRateDelta).toBeCloseTo(-0.0484, 4)
    expect(gain.lowerRateDelta).toBeCloseTo(-0.1, 4)
  })

  test('is not there while the stations go on as before', () => {
    expect(gainOf([station({}), ...base]).logEvidence).toBeLessThan(0)
  })

  test('comes from the curve that the verdict comes from', () => {
    const stations = [station({ bad: 12 }), ...base]
    const { canary, drift } = canaryModel(stations, { driftNoise: 0.15 })
    const gain = gainOf(stations)
    expect(gain.logEvidence).toBeCloseTo(logEvidence(likelihoodCurve(canary, drift), gain.margin, -1), 12)
  })

  test('asking for it changes nothing else', () => {
    fc.assert(
      fc.property(anyTallies, (stations) => {
        const { gain: _, ...one } = { gain: null, ...evaluateCanary(stations, asked) }
        const { gain: none, ...other } = { gain: null, ...evaluateCanary(stations) }
        expect(one).toEqual(other)
        expect(none).toBeNull()
      }),
      { numRuns: 150 },
    )
  })

  test('cannot be where no rate is left below the tolerated one', () => {
    const rare = [
      station({ pastBad: 20, bad: 0 }),
      ...base.map((tally) => ({ ...tally, pastBad: 20, bad: 8 })),
    ]
    expect(judged(rare).expectedRate).toBeLessThan(0.03)
    expect(judged(rare).gain).toBeNull()
    expect(judged(rare, { gainPoints: judged(rare).expectedRate }).gain).toBeNull()
    expect(judged(rare, { gainPoints: 0.01 }).gain).not.toBeNull()
  })
})

describe('whatever the counts', () => {
  const options = fc.record({
    gainPoints: fc.constantFrom(0, 1e-9, 0.005, 0.03, 0.3),
    gainAlpha: fc.constantFrom(0.005, 0.05),
    driftNoise: fc.constantFrom(0, 0.15, 0.6),
  })

  test('nothing of a gain is NaN, and what is shown is finite and in order', () => {
    fc.assert(
      fc.property(anyTallies, options, (stations, chosen) => {
        const evaluation = evaluateCanary(stations, chosen)
        if (evaluation.status === 'no data' || !evaluation.gain) return
        const { gain, expectedRate } = evaluation
        for (const [name, value] of Object.entries(gain)) expect(value, name).not.toBeNaN()
        expect(Number.isFinite(gain.logEvidence)).toBe(true)
        expect(gain.margin).toBeLessThanOrEqual(0)
        expect(gain.lowerRateDelta).toBeLessThanOrEqual(gain.upperRateDelta)
        expect(expectedRate + gain.lowerRateDelta).toBeGreaterThanOrEqual(-1e-12)
        expect(expectedRate + gain.upperRateDelta).toBeLessThanOrEqual(1 + 1e-12)
      }),
      { numRuns: 400 },
    )
  })

  test.each([
    ['one run', 1, 0],
    ['every run bad', 500, 500],
    ['every run good', 500, 0],
    ['ten million runs, none bad', 10_000_000, 0],
    ['ten million runs, a tenth bad', 10_000_000, 1_000_000],
    ['ten million runs, all bad', 10_000_000, 10_000_000],
  ])('%s gives no NaN', (_, runs, bad) => {
    const values = Object.values(gainOf([station({ runs, bad }), ...base]))
    for (const value of values) expect(value).not.toBeNaN()
  })

  test('the drawn upper limit and the evidence at the margin never disagree', () => {
    fc.assert(
      fc.property(anyTallies, options, (stations, chosen) => {
        const evaluation = evaluateCanary(stations, chosen)
        if (evaluation.status === 'no data' || !evaluation.gain) return
        const { logEvidence: evidence, evidenceNeeded, upperLogOdds, margin } = evaluation.gain
        if (evidence >= evidenceNeeded) expect(upperLogOdds).toBeLessThanOrEqual(margin)
        else expect(upperLogOdds).toBeGreaterThanOrEqual(margin)
      }),
      { numRuns: 300 },
    )
  })

  test('a bad run that becomes a good one never lowers the evidence', () => {
    const counts = fc
      .integer({ min: 1, max: 400 })
      .chain((runs) => fc.tuple(fc.constant(runs), fc.integer({ min: 1, max: runs })))
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom(0, 200, 2000),
        fc.constantFrom(0, 0.03),
        ([runs, bad], past, points) => {
          const own = { pastRuns: past, pastBad: Math.round(past / 10), runs }
          const before = gainOf([station({ ...own, bad }), ...base], { gainPoints: points })
          const after = gainOf([station({ ...own, bad: bad - 1 }), ...base], { gainPoints: points })
          expect(after.logEvidence).toBeGreaterThanOrEqual(before.logEvidence - 1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('the order of the stations changes nothing', () => {
    fc.assert(
      fc.property(anyTallies, (stations) => {
        const one = evaluateCanary(stations, asked)
        const other = evaluateCanary([...stations].reverse(), asked)
        expect(other.status).toBe(one.status)
        if (one.status !== 'judged' || other.status !== 'judged') return
        // by the last digit of a sum the tolerated rate may be 0 or just above
        if (!one.gain || !other.gain) return
        const scale = Math.max(1, Math.abs(one.gain.logEvidence))
        expect(Math.abs(other.gain.logEvidence - one.gain.logEvidence) / scale).toBeLessThan(1e-6)
      }),
      { numRuns: 200 },
    )
  })

  test('a station that counted nothing, before or since, takes nothing away', () => {
    const nothing = { pastRuns: 0, pastBad: 0, runs: 0, bad: 0 }
    const idle = [station({ id: 'i', ...nothing }), station({ id: 'j', arm: 'base', ...nothing })]
    const stations = [station({ bad: 9 }), ...base]
    expect(gainOf([...stations, ...idle])).toEqual(gainOf(stations))
  })

  test('a tally added up from two halves gives what the whole gives', () => {
    const half = { runs: 200, bad: 4 }
    const added = station({ runs: half.runs + half.runs, bad: half.bad + half.bad })
    expect(gainOf([added, ...base])).toEqual(gainOf([station({ bad: 8 }), ...base]))
  })
})

/** The highest evidence of a gain that a rollout ever reaches, looked at after every run of each station. */
function highestEvidence(
  random: () => number,
  story: { canary: number; newRate?: number; points: number; runs: number },
): number {
  const stations = fleet(random, { size: 10, canary: story.canary, rate: 0.1, bias: 0.3, noise: 0.15 })
  const counted = stations.map(() => 0)
  let highest = Number.NEGATIVE_INFINITY
  for (let runs = 1; runs <= story.runs; runs++) {
    const tallies = stations.map(({ tally, rateNow }, place) => {
      const rate = tally.arm === 'canary' ? (story.newRate ?? rateNow) : rateNow
      counted[place] = (counted[place] ?? 0) + (random() < rate ? 1 : 0)
      return { ...tally, runs, bad: counted[place] }
    })
    const { canary, drift, expectedRate } = canaryModel(tallies, { driftNoise: 0.15 })
    const margin = logOdds(expectedRate - story.points) - logOdds(expectedRate)
    highest = Math.max(highest, logEvidence(likelihoodCurve(canary, drift), margin, -1))
  }
  return highest
}

describe('looked at after every run, on stations that differ', () => {
  const shown = (alpha: number, story: Parameters<typeof highestEvidence>[1], rollouts: number) => {
    const random = seededRandom(20261121)
    const highest = Array.from({ length: rollouts }, () => highestEvidence(random, story))
    return highest.filter((evidence) => evidence >= Math.log(1 / alpha)).length
  }

  test.each([1, 5])('at most one unchanged rollout in twenty ever shows a gain, on %d of ten', (canary) => {
    const claimed = shown(0.05, { canary, points: 0, runs: 200 }, 200)
    expect(claimed).toBeLessThanOrEqual(10)
    // a gate that never claims anything keeps every promise
    expect(claimed).toBeGreaterThan(0)
  })

  test('a yield that jumps from 90 to 99.5 % is found beyond three points, on one station and on five', () => {
    const story = { newRate: 0.005, points: 0.03 }
    expect(shown(0.005, { ...story, canary: 1, runs: 300 }, 50)).toBeGreaterThanOrEqual(40)
    expect(shown(0.005, { ...story, canary: 5, runs: 100 }, 50)).toBe(50)
  })
})
