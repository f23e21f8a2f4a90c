import { describe, expect, test } from 'vitest'
import type { History } from '../../../server/domain/backtest/history.ts'
import { longestOnOneBuild, startsOf } from '../../../server/domain/backtest/starts.ts'
import { day, hour } from '../../../server/domain/instant.ts'
import { base, build, station, thirdBuild } from '../../support/plan-builder.ts'
import { type Fleet, from, history } from './synthetic-history.ts'

const aLine = (what: Partial<Fleet> = {}): History =>
  history({ stations: 4, days: 40, runsPerDay: 12, rate: 0.1, ...what })
const starts = (what: Partial<Fleet> = {}) => startsOf(aLine(what), 3 * day)
/** Stations run every two hours: a start two hours off may miss the change. */
const meetsDay20 = (at: number) => at > 17.2 && at < 33.8
const days = (found: ReturnType<typeof startsOf>) => found.starts.map(({ at }) => (at - from) / day)

describe('the moments at which a rollout could have begun', () => {
  test('are the full hours with 14 days before and the whole stage after them', () => {
    const found = starts()
    expect([Math.min(...days(found)), Math.max(...days(found))]).toEqual([14, 37])
    expect(found.starts).toHaveLength(23 * 24 + 1)
    expect(found.starts.every(({ at }) => at % hour === 0)).toBe(true)
    expect([found.dates, found.replayableDates]).toEqual([40, 24])
  })

  test('are none in a history of 16 days', () => {
    expect(starts({ days: 16 })).toEqual({ starts: [], dates: 16, replayableDates: 0 })
  })

  test('are not those whose past or stage meets a change of build on the line', () => {
    const changed = starts({ build: (_place, at) => (at < from + 20 * day ? base : build) })
    expect(days(changed).filter(meetsDay20)).toEqual([])
    expect(days(changed).filter((at) => at <= 17)).toHaveLength(3 * 24 + 1)
    expect(days(changed).filter((at) => at >= 34)).toHaveLength(3 * 24 + 1)
    const builds = changed.starts.map(({ at, deploymentId }) => [at < from + 20 * day, deploymentId])
    expect(new Set(builds.map(String))).toEqual(new Set([`true,${base}`, `false,${build}`]))
  })

  test('leave out a station that changed its build then, and take it again later', () => {
    const one = starts({ build: (place, at) => (place === 0 && at < from + 20 * day ? build : base) })
    expect(one.starts).toHaveLength(23 * 24 + 1)
    const taken = (at: number) =>
      one.starts.find((start) => start.at === from + at * day)?.stations.map(({ id }) => id)
    expect(taken(19)).toEqual([station(2), station(3), station(4)])
    expect(taken(34)).toEqual([station(1), station(2), station(3), station(4)])
    // A station that is on another build throughout is of another fleet.
    expect(taken(15)).toEqual([station(2), station(3), station(4)])
  })

  test('take half of the line that stays on its build, and not less', () => {
    const staying = (count: number) =>
      starts({ stations: 6, build: (place, at) => (place >= count && at >= from + 20 * day ? build : base) })
    expect(days(staying(3)).filter(meetsDay20)).not.toEqual([])
    expect(days(staying(2)).filter(meetsDay20)).toEqual([])
  })

  test('need two stations that ran before and during', () => {
    const line = aLine()
    const silent = (place: number, when: (at: number) => boolean): History => ({
      ...line,
      stations: line.stations.map((each, index) =>
        index >= place ? { ...each, runs: each.runs.filter(({ startedAt }) => !when(startedAt)) } : each,
      ),
    })
    const before = startsOf(
      silent(2, (at) => at < from + 30 * day),
      3 * day,
    )
    expect(before.starts.find(({ at }) => at === from + 30 * day)?.stations).toHaveLength(2)
    expect(before.starts.find(({ at }) => at === from + 31 * day)?.stations).toHaveLength(4)
    expect(
      startsOf(
        silent(1, () => true),
        3 * day,
      ).starts,
    ).toEqual([])
  })
})

test('the longest time on one build is counted on one station, from its first run of it to its last', () => {
  const builds = [base, build, thirdBuild]
  const changing = aLine({ build: (_place, at) => builds[Math.floor((at - from) / (15 * day))] ?? base })
  expect(longestOnOneBuild(changing) / day).toBeGreaterThan(14.8)
  expect(longestOnOneBuild(changing) / day).toBeLessThan(15)
  expect(longestOnOneBuild({ from, to: from, stations: [] })).toBe(0)
})
