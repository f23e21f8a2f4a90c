import { describe, expect, test } from 'vitest'
import { driftNoise } from '../../server/domain/gates/drift-noise.ts'
import type { PastDay } from '../../server/domain/gates/metric-past.ts'
import { evaluateCanary } from '../../server/domain/statistics/evaluate-canary.ts'
import { station } from '../support/plan-builder.ts'

const days = (metric: string, n: number, bad: (station: number, day: number) => number): PastDay[] =>
  Array.from({ length: 6 }, (_, number) => number).flatMap((number) =>
    Array.from({ length: 10 }, (_, day) => ({
      stationId: station(number),
      metric,
      day,
      n,
      bad: bad(number, day),
    })),
  )
const yieldDays = (bad: (station: number, day: number) => number) => days('first-pass yield', 200, bad)

describe('the drift noise of a fleet', () => {
  test('is the floor where stations only differ by chance, of every counting alike', () => {
    const past = [
      ...yieldDays(() => 6),
      ...days('duration, decrease', 190, () => 95),
      ...days('my own', 9, () => 0),
    ]
    expect(driftNoise(past)).toEqual({ 'first-pass yield': 0.15, 'duration, decrease': 0.15, 'my own': 0.15 })
  })

  test('grows where lots move stations from day to day, and only for the metric they move', () => {
    const lots = yieldDays((number, day) => ((number + day) % 3 === 0 ? 16 : 3))
    const noise = driftNoise([...lots, ...days('error rate', 210, () => 2)])
    expect(noise['first-pass yield']).toBeGreaterThan(0.3)
    expect(noise['error rate']).toBe(0.15)
  })

  test('is the floor with one station and with days on which a station stood still', () => {
    const of = (past: PastDay[]) => driftNoise(past)['first-pass yield']
    expect(of(yieldDays(() => 6).filter((day) => day.stationId === station(0)))).toBe(0.15)
    expect(of(yieldDays(() => 40).filter((day) => day.stationId !== station(1) || day.day > 4))).toBe(0.15)
  })

  test('is not told of a metric that counted nothing', () => {
    expect(driftNoise([])).toEqual({})
  })

  test('makes the evidence ask for more before it blames the build', () => {
    const stations = Array.from({ length: 10 }, (_, number) => ({
      id: station(number),
      arm: number === 0 ? ('canary' as const) : ('base' as const),
      pastRuns: 1000,
      pastBad: 20,
      runs: 120,
      bad: number === 0 ? 9 : 2,
    }))
    const evidence = (noise: number) => {
      const judged = evaluateCanary(stations, { driftNoise: noise })
      return judged.status === 'judged' ? judged.logEvidence : Number.NaN
    }
    expect(evidence(0.6)).toBeLessThan(evidence(0.15) - 0.5)
  })
})
