import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlanInput, StageTarget } from '../../server/domain/plan.ts'
import { stageSize } from '../../server/domain/stage-size.ts'
import { aPlan, shares } from '../support/plan-builder.ts'

const all: StageTarget = { share: 1 }
const sizes = (stages: PlanInput['stages'], stationCount: number) =>
  stages.map((_, index) => stageSize(aPlan({ stages }), index, stationCount))

describe('the size of a stage', () => {
  test.each([
    [0.1, 3, 1],
    [0.1, 10, 1],
    [0.1, 11, 2],
    [0.07, 100, 7],
    [0.29, 100, 29],
    [0.005, 1000, 5],
    [0.005, 20, 1],
    [0.99, 3, 2],
  ])('is, of a share of %d of %d stations, %d', (share, count, expected) => {
    expect(sizes(shares(share, 1), count)[0]).toBe(expected)
  })

  test('is all in the last stage and leaves one station on base before it', () => {
    expect(sizes([{ target: { stations: 50 } }, { target: all }], 10)).toEqual([9, 10])
  })

  test('of a fleet of one station is that station, of none is none', () => {
    expect(sizes(shares(0.1, 1), 1)).toEqual([1, 1])
    expect(sizes(shares(0.1, 1), 0)).toEqual([0, 0])
  })

  test('never shrinks where counts and shares meet on a small fleet', () => {
    const stages = [{ target: { stations: 2 } }, { target: { share: 0.1 } }, { target: all }]
    expect(sizes(stages, 6)).toEqual([2, 2, 6])
  })

  test('grows from stage to stage, from one to all, for any plan and fleet', () => {
    const rising = fc
      .uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 8 })
      .map((numbers) => [...numbers.toSorted((a, b) => a - b).map((number) => number / 1000), 1])
    fc.assert(
      fc.property(rising, fc.integer({ min: 2, max: 500 }), (fractions, count) => {
        const found = sizes(shares(...fractions), count)
        expect(found).toEqual(found.toSorted((a, b) => a - b))
        expect(found[0]).toBeGreaterThanOrEqual(1)
        expect(found.at(-2)).toBeLessThan(count)
        expect(found.at(-1)).toBe(count)
      }),
    )
  })
})
