import { describe, expect, it } from 'vitest'
import { stationId } from '../../server/domain/ids.ts'
import { hour } from '../../server/domain/instant.ts'
import { loudestStations, type StationNow, stationCourses } from '../../server/domain/station-courses.ts'
import { uuid } from '../support/fixed-values.ts'

const id = (index: number) => stationId.parse(uuid(3, index))
const fleet = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: id(index),
    name: `S-${String(index).padStart(4, '0')}`,
    site: 'Lyon',
    pastUnits: 500,
    pastPassed: 490,
  }))
const now = (index: number, arm: 'canary' | 'base', passed: number, units = 60): StationNow => ({
  id: id(index),
  arm,
  units,
  passed,
})

describe('stations against their own past', () => {
  it('have the canary ones first, in each arm the one furthest from its past first', () => {
    const counts = [now(0, 'canary', 59), now(1, 'canary', 45), now(2, 'base', 58), now(3, 'base', 40)]
    const { shown, stations, outside } = loudestStations(fleet(4), counts, 0.15)
    expect(shown.map(({ name }) => name)).toEqual(['S-0001', 'S-0000', 'S-0003', 'S-0002'])
    expect([stations, outside]).toEqual([4, 2])
  })

  it('are twelve at most of two thousand, some of base among them, and say how many there are', () => {
    const counts = Array.from({ length: 2000 }, (_, index) =>
      now(index, index < 1500 ? 'canary' : 'base', 58 + (index % 3)),
    )
    const began = performance.now()
    const { shown, stations } = loudestStations(fleet(2000), counts, 0.15)
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(shown.filter(({ arm }) => arm === 'canary')).toHaveLength(9)
    expect(shown.filter(({ arm }) => arm === 'base')).toHaveLength(3)
    expect(stations).toBe(2000)
  })

  it('leave out who has counted nothing', () => {
    expect(
      loudestStations(fleet(2), [now(0, 'canary', 0, 0), now(1, 'base', 3, 3)], 0.15).shown,
    ).toHaveLength(1)
  })

  it('have a band that narrows as more is counted, and is wider where stations wander', () => {
    const loudest = (noise: number) => loudestStations(fleet(1), [now(0, 'canary', 58)], noise)
    const hours = [20, 20, 20].map((units, index) => ({
      ...now(0, 'canary', units, units),
      hour: index * hour,
    }))
    const [calm] = stationCourses(loudest(0.15), hours.toReversed()).shown
    expect(calm?.course.map(({ units }) => units)).toEqual([20, 40, 60])
    const widths = calm?.course.map(({ low, high }) => high - low) ?? []
    expect(widths).toEqual(widths.toSorted((a, b) => b - a))
    const [restless] = stationCourses(loudest(0.6), hours).shown
    expect(restless?.low).toBeLessThan(calm?.low ?? 0)
    expect(calm?.expected).toBeCloseTo(0.98, 2)
  })
})
