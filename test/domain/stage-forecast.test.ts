// What stages take and prove, before they start. Times are computed by hand from the pace.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hour } from '../../server/domain/instant.ts'
import type { PlanInput } from '../../server/domain/plan.ts'
import { presetPlan } from '../../server/domain/presets.ts'
import { usualShifts } from '../../server/domain/shifts.ts'
import { type ForecastStation, stageForecasts } from '../../server/domain/stage-forecast.ts'
import { line as countedLine, judgedBy } from '../support/gate-question.ts'
import { aPlan, stations } from '../support/plan-builder.ts'

const morning = Date.UTC(2026, 4, 22, 6)
/** So many stations with 20 bad of 1,000 behind them, at four first attempts an hour. */
const line = (count: number, more: Partial<ForecastStation> = {}): ForecastStation[] =>
  stations(count).map((id) => ({ id, pace: 4, n: 1000, bad: 20, ...more }))
const forecast = (what: Partial<PlanInput>, order = line(20), start = morning) =>
  stageForecasts(aPlan(what), order, undefined, start)
const hours = (...asked: Parameters<typeof forecast>) =>
  forecast(...asked).map(({ hoursToVerdict }) => hoursToVerdict)
const drops = (...asked: Parameters<typeof forecast>) =>
  forecast(...asked).map(({ smallestDrop }) => smallestDrop)
type Stages = PlanInput['stages']
const soaking = (soak: Stages[number]['soak'], more: Stages = []): { stages: Stages } => ({
  stages: [{ target: { stations: 1 }, soak }, ...more, { target: { share: 1 } }],
})

describe('the time to a verdict', () => {
  test('is that of the samples where they take longer than the soak', () => {
    // 100 first attempts at 4 an hour: 25 h, an hour more than the day.
    expect(hours(presetPlan('standard'))).toEqual([25, 24, 24, 0])
  })

  test('is that of the soak where the samples are there before', () => {
    expect(hours(presetPlan('standard'), line(20, { pace: 10 }))).toEqual([24, 24, 24, 0])
  })

  test('counts what earlier stages have gathered', () => {
    // One station at one an hour: 100 h. Then five: (300 - 100) / 5.
    expect(hours(presetPlan('standard'), line(20, { pace: 1 })).slice(0, 2)).toEqual([100, 40])
  })

  test('waits for the slowest station where each must have its own', () => {
    const order = line(4).map((each, place) => (place === 1 ? { ...each, pace: 0.5 } : each))
    const stages = [
      { target: { stations: 2 }, soak: { firstAttemptsPerStation: 20 } },
      { target: { share: 1 } },
    ]
    expect(hours({ stages }, order)[0]).toBeCloseTo(40, 6)
  })

  test('waits for full shifts: one that has begun does not count', () => {
    const plan = { ...soaking({ shifts: 2 }), shifts: usualShifts('UTC') }
    expect(hours(plan)[0]).toBeCloseTo(16, 1)
    // From 07:00 the early shift is lost: 14:00 to 06:00.
    expect(hours(plan, line(20), morning + hour)[0]).toBeCloseTo(23, 1)
  })

  test('cuts the shifts of a later stage by when that stage begins', () => {
    // The first stage ends at 09:00: of the second, the first full shift is 14:00 to 22:00.
    const stages = [
      { target: { stations: 1 }, soak: { minutes: 180 } },
      { target: { stations: 2 }, soak: { shifts: 1 } },
      { target: { share: 1 } },
    ]
    expect(hours({ stages, shifts: usualShifts('UTC') }, line(4, { pace: 100 }))[1]).toBeCloseTo(13, 1)
  })

  test('goes on until the yield gate passes, where a likely pass is not enough', () => {
    const long = { target: { stations: 5 }, soak: { minutes: 1440, firstAttempts: 300 } }
    const proven = hours({ ...soaking({ minutes: 1440 }, [long]), passes: 'proven' })
    expect(proven[1]).toBeGreaterThan(24)
    expect(proven[1]).toBeLessThan(72)
  })

  test('cannot be said where the stage would be a person’s to decide before it passes', () => {
    expect(hours({ ...soaking({ minutes: 60 }), passes: 'proven' })[0]).toBeNull()
  })

  test('cannot be said without a pace', () => {
    expect(hours(presetPlan('standard'), line(20, { pace: 0 }))).toEqual([null, null, null, null])
    const silent = line(2).map((each, place) => (place === 0 ? { ...each, pace: 0 } : each))
    expect(hours(soaking({ minutes: 60 }), silent)[0]).toBeNull()
  })

  test('is that of the soak in a procedure without a past, which proves nothing yet', () => {
    const [first] = forecast(presetPlan('standard'), line(20, { n: 0, bad: 0 }))
    expect(first).toEqual({ hoursToVerdict: 25, smallestDrop: null })
  })
})

describe('the smallest drop', () => {
  const one = { gates: [{ metric: 'first-pass yield' as const, alpha: 0.05, marginRelative: 1 }] }

  test('is 8 points after 48 runs on one station, as half of the simulated rollouts at 98 → 90 % stopped by then', () => {
    const [first] = drops({ ...soaking({ firstAttempts: 48 }), ...one })
    expect(first).toBeGreaterThan(0.07)
    expect(first).toBeLessThan(0.09)
  })

  test('is 8 points after 75 runs with the default gates, which tolerate more', () => {
    const [first] = drops(soaking({ firstAttempts: 75 }))
    expect(first).toBeGreaterThan(0.07)
    expect(first).toBeLessThan(0.09)
  })

  test('stays near 1.3 points for one station and 0.6 for five, however long they run: less cannot be told from their drift', () => {
    const [first, second] = drops({
      ...soaking({ firstAttempts: 1_000_000 }, [
        { target: { stations: 5 }, soak: { firstAttempts: 6_000_000, firstAttemptsPerStation: 1_000_000 } },
      ]),
      ...one,
    })
    expect(first).toBeGreaterThan(0.012)
    expect(first).toBeLessThan(0.021)
    expect(second).toBeGreaterThan(0.005)
    expect(second).toBeLessThan(0.01)
  })

  test('is what the shown verdict turns to a breach at: a little less only waits', () => {
    const drop = drops(soaking({ firstAttempts: 100 }))[0] ?? 0
    const gate = { metric: 'first-pass yield' as const, alpha: 0.015 }
    const shown = (points: number) =>
      judgedBy(gate, countedLine([[100, 100 * (0.02 + points)]], { bases: 19 }), { target: 100 })
    expect(shown(drop + 0.002).logEvidence).toBeGreaterThan(Math.log(1 / 0.015))
    expect(shown(drop - 0.004).logEvidence).toBeLessThan(Math.log(1 / 0.015))
  })

  test('agrees with the runs that the shown verdict still asks for', () => {
    // 60 runs, 5 bad: not yet a breach. With as many more as it names, a rate like that is about the smallest in sight.
    const gate = { metric: 'first-pass yield' as const, alpha: 0.015 }
    const shown = judgedBy(gate, countedLine([[60, 5]], { bases: 19 }), { target: 100 })
    expect(shown.verdict).toBe('wait')
    const runs = 60 + (shown.countsToVerdict ?? 0)
    const drop = drops(soaking({ firstAttempts: runs }))[0] ?? 0
    expect(drop).toBeGreaterThan(0.8 * (5 / 60 - 0.02))
    expect(drop).toBeLessThan(1.4 * (5 / 60 - 0.02))
  })

  test('is at least three bad units, where next to nothing ever fails', () => {
    const order = line(20, { n: 20_000, bad: 0 })
    expect(drops(soaking({ firstAttempts: 100 }), order)[0]).toBeGreaterThanOrEqual(0.0299)
  })

  test('adds what the author has declared', () => {
    const plan = soaking({ firstAttempts: 300 })
    const declared = drops({ ...plan, expectedYieldChange: -0.02 })[0] ?? 0
    expect(declared).toBeGreaterThan((drops(plan)[0] ?? 0) + 0.01)
  })

  test('cannot be said against a set limit, or where no gate holds a stage up for its yield', () => {
    const absolute = { metric: 'first-pass yield' as const, comparison: 'absolute' as const, objective: 0.98 }
    expect(drops({ ...soaking({ firstAttempts: 100 }), gates: [absolute] })).toEqual([null, null])
    const observed = { metric: 'first-pass yield' as const, mode: 'observe' as const }
    expect(drops({ ...soaking({ firstAttempts: 100 }), gates: [observed] })).toEqual([null, null])
  })

  test('never grows when a stage runs twice as long', () => {
    const smallest = (canaries: number, runs: number) => {
      const stage = { target: { stations: canaries }, soak: { firstAttempts: runs } }
      return drops({ stages: [stage, { target: { share: 1 } }] })[0] ?? Number.NaN
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 30, max: 2000 }), (canaries, runs) => {
        const drop = smallest(canaries, runs)
        expect(drop).toBeGreaterThan(0)
        expect(smallest(canaries, 2 * runs)).toBeLessThanOrEqual(drop + 1e-9)
      }),
      { numRuns: 30 },
    )
  })
})
