// Whether canaries stand for a fleet. The numbers are computed by hand.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RecentStation, representativeness } from '../../server/domain/representativeness.ts'
import { station } from '../support/plan-builder.ts'

/** In the order of the rollout. A place is "site/line"; 100 units on base, 2 of them bad, unless told otherwise. */
function fleet(...places: (string | [string, Partial<RecentStation>])[]): RecentStation[] {
  return places.map((told, index) => {
    const [place, more] = typeof told === 'string' ? [told, {}] : told
    const [site = '', line = ''] = place.split('/')
    const id = station(index + 1)
    return { id, name: `ICT-${index + 1}`, site, line, units: 100, baseUnits: 100, basePassed: 98, ...more }
  })
}
const units = (count: number, bad = 0) => ({ units: count, baseUnits: count, basePassed: count - bad })

describe('coverage', () => {
  test('is the share of the units that were tested on lines with a canary', () => {
    const order = fleet(['Lyon/L1', units(300, 6)], ['Lyon/L2', units(500, 10)], ['Brno/L1', units(200, 4)])
    const one = representativeness(order, 1)
    expect(one).toMatchObject({ score: 0.3, volumeShare: 0.3, yields: { canaries: 0.98, fleet: 0.98 } })
    expect(one.missing).toEqual([
      { site: 'Lyon', line: 'L2', stations: 1 },
      { site: 'Brno', line: 'L1', stations: 1 },
    ])
    expect(representativeness(order, 2)).toMatchObject({ score: 0.8, volumeShare: 0.8 })
  })

  test('covers a line by one of its stations, and says how many a missing line has', () => {
    const order = fleet('Lyon/L1', 'Lyon/L2', 'Lyon/L1', 'Lyon/L2', 'Lyon/L2')
    expect(representativeness(order, 1)).toMatchObject({
      score: 0.4,
      volumeShare: 0.2,
      missing: [{ site: 'Lyon', line: 'L2', stations: 3 }],
    })
  })

  test('tells lines of the same name at two sites apart', () => {
    const { missing } = representativeness(fleet('Lyon/L1', 'Brno/L1'), 1)
    expect(missing).toEqual([{ site: 'Brno', line: 'L1', stations: 1 }])
  })

  test('counts stations while nobody has tested anything', () => {
    const idle = units(0)
    const order = fleet(['Lyon/L1', idle], ['Lyon/L2', idle], ['Lyon/L2', idle], ['Lyon/L2', idle])
    expect(representativeness(order, 1)).toMatchObject({ score: 0.25, volumeShare: null, yields: null })
  })
})

describe('likeness', () => {
  test('takes nothing off where chance explains the difference', () => {
    const order = fleet(['Lyon/L1', units(50, 0)], ['Lyon/L1', units(950, 20)])
    expect(representativeness(order, 1)).toMatchObject({ score: 1, yields: { canaries: 1, fleet: 0.98 } })
  })

  test('takes off what the canaries surely fail too often', () => {
    // Wilson, 95 %, of 150 bad in 1,000: 0.1292 to 0.1735. The fleet fails 210 of 4,000, 0.0525: 0.0525 / 0.1292.
    const order = fleet(['Lyon/L1', units(1000, 150)], ['Lyon/L1', units(3000, 60)])
    expect(representativeness(order, 1).score).toBeCloseTo(0.406, 3)
  })

  test('takes off what the canaries surely fail too seldom', () => {
    // Wilson, 95 %, of none in 1,000: 0 to 0.00383. The fleet fails 150 of 4,000, 0.0375: 0.00383 / 0.0375.
    const order = fleet(['Lyon/L1', units(1000, 0)], ['Lyon/L1', units(3000, 150)])
    expect(representativeness(order, 1).score).toBeCloseTo(0.102, 3)
  })

  test('looks at the active build alone', () => {
    const order = fleet(['Lyon/L1', { baseUnits: 0, basePassed: 0 }], 'Lyon/L1')
    expect(representativeness(order, 1)).toMatchObject({ score: 1, volumeShare: 0.5, yields: null })
  })
})

describe('a suggestion', () => {
  test('takes the stations of the heaviest lines, each the first of its line', () => {
    const order = fleet('Lyon/L1', 'Lyon/L1', ['Lyon/L2', units(300)], ['Lyon/L2', units(10)], 'Brno/L1')
    expect(representativeness(order, 2).suggested.map(({ name }) => name)).toEqual(['ICT-3', 'ICT-1'])
  })

  test('is none where the canaries cover as much as so many stations can', () => {
    expect(representativeness(fleet('Lyon/L1', 'Lyon/L2', 'Brno/L1'), 1).suggested).toEqual([])
    expect(representativeness(fleet('Lyon/L1', 'Lyon/L1'), 2).suggested).toEqual([])
  })
})

const anyFleet = fc
  .array(
    fc.record({
      place: fc.constantFrom('Lyon/L1', 'Lyon/L2', 'Brno/L1', 'Brno/L2', 'Porto/L1'),
      units: fc.integer({ min: 0, max: 3000 }),
      base: fc.double({ min: 0, max: 1, noNaN: true }),
      passed: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((stations) =>
    fleet(
      ...stations.map(({ place, units: all, base, passed }): [string, Partial<RecentStation>] => {
        const baseUnits = Math.floor(all * base)
        return [place, { units: all, baseUnits, basePassed: Math.floor(baseUnits * passed) }]
      }),
    ),
  )

describe('in every fleet', () => {
  test('the score is between 0 and 1, and 1 when all stations are canaries', () => {
    fc.assert(
      fc.property(anyFleet, fc.nat(), (order, seed) => {
        const { score } = representativeness(order, 1 + (seed % order.length))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(representativeness(order, order.length).score).toBeCloseTo(1, 12)
      }),
    )
  })

  test('suggested stations take part, are as many as the canaries, and leave less of the fleet uncovered', () => {
    fc.assert(
      fc.property(anyFleet, fc.nat(), (order, seed) => {
        const count = 1 + (seed % order.length)
        const before = representativeness(order, count)
        if (before.suggested.length === 0) return
        const picked = before.suggested.flatMap(({ id }) => order.find((each) => each.id === id) ?? [])
        expect(new Set(picked).size).toBe(count)
        const after = representativeness(
          [...picked, ...order.filter((each) => !picked.includes(each))],
          count,
        )
        expect(coveredBy(order, picked)).toBeGreaterThan(coveredBy(order, order.slice(0, count)))
        expect(after.suggested).toEqual([])
      }),
    )
  })

  test('one canary more adds one station to the suggestion', () => {
    fc.assert(
      fc.property(anyFleet, fc.nat(), (order, seed) => {
        const count = 1 + (seed % order.length)
        const [fewer, more] = [count, count + 1].map((each) => representativeness(order, each).suggested)
        if (fewer && more && fewer.length > 0 && more.length > 0) expect(more.slice(0, count)).toEqual(fewer)
      }),
    )
  })
})

/** Units, or stations, of the lines that these are on. */
function coveredBy(order: RecentStation[], picked: RecentStation[]): number {
  const places = new Set(picked.map(({ site, line }) => `${site}/${line}`))
  const covered = order.filter(({ site, line }) => places.has(`${site}/${line}`))
  const idle = order.every((each) => each.units === 0)
  return covered.reduce((sum, each) => sum + (idle ? 1 : each.units), 0)
}
