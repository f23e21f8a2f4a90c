import { describe, expect, test } from 'vitest'
import { driftNoise, type PastDay } from '../../server/domain/drift-noise.ts'
import { evaluateGates, type GateStation } from '../../server/domain/evaluate-gates.ts'
import { defaultGates } from '../../server/domain/gate.ts'
import { stationId } from '../../server/domain/ids.ts'

const station = (number: number) =>
  stationId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`)

function past(bad: (station: number, day: number) => number): PastDay[] {
  return Array.from({ length: 6 }, (_, number) => number).flatMap((number) =>
    Array.from({ length: 10 }, (_, day) => ({
      stationId: station(number),
      day,
      units: 200,
      bad: bad(number, day),
      runs: 210,
      errors: 2,
      timeouts: 1,
    })),
  )
}

describe('the drift noise of a fleet', () => {
  test('is the floor where stations only differ by chance', () => {
    expect(driftNoise(past(() => 6))).toEqual({
      'first-pass yield': 0.15,
      'error rate': 0.15,
      'timeout rate': 0.15,
    })
  })

  test('grows where lots move stations from day to day, and only for the metric they move', () => {
    const noise = driftNoise(past((number, day) => ((number + day) % 3 === 0 ? 16 : 3)))
    expect(noise['first-pass yield']).toBeGreaterThan(0.3)
    expect(noise['error rate']).toBe(0.15)
  })

  test('is the floor without a past, with one station and with days on which a station stood still', () => {
    expect(driftNoise([])['first-pass yield']).toBe(0.15)
    expect(driftNoise(past(() => 6).filter((day) => day.stationId === station(0)))['first-pass yield']).toBe(
      0.15,
    )
    expect(
      driftNoise(past(() => 6).filter((day) => day.stationId !== station(1) || day.day > 4))[
        'first-pass yield'
      ],
    ).toBe(0.15)
  })

  test('makes a gate ask for more before it blames the build', () => {
    const counts = (units: number, bad: number) => ({ units, bad, runs: units, errors: 0, timeouts: 0 })
    const stations: GateStation[] = Array.from({ length: 10 }, (_, number) => ({
      id: station(number),
      arm: number === 0 ? 'canary' : 'base',
      past: counts(1000, 20),
      since: number === 0 ? counts(120, 9) : counts(120, 2),
    }))
    const evidence = (noise: number) =>
      evaluateGates(
        {
          gates: defaultGates,
          stations,
          accepted: [],
          open: [],
          target: 100,
          overdue: false,
          previousDrift: {},
          driftNoise: { 'first-pass yield': noise },
          watermark: { canary: 0, base: 0 },
        },
        0,
      ).gates[0]?.logEvidence ?? Number.NaN
    expect(evidence(0.6)).toBeLessThan(evidence(0.15) - 0.5)
  })
})
