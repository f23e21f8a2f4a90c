import { describe, expect, test } from 'vitest'
import { evaluateGates } from '../../server/domain/gates/evaluate-gates.ts'
import { gates } from '../../server/domain/gates/gate.ts'
import { gateStations } from '../../server/domain/gates/gate-counts.ts'
import { noConditions } from '../../server/domain/gates/question.ts'
import { minute } from '../../server/domain/instant.ts'
import { isRunning, type Running } from '../../server/domain/rollout/state.ts'
import { watermarks } from '../../server/domain/watermark.ts'
import { station, stations } from '../support/plan-builder.ts'
import {
  confirmed,
  created,
  firstLive,
  given,
  pulled,
  secondStage,
  stage,
  started,
  t0,
} from '../support/rollout-story.ts'
import { seededRandom } from './statistics/tallies.ts'

function running(...events: Parameters<typeof given>): Running {
  const { state } = given(...events)
  if (!isRunning(state)) throw new Error(`expected a running rollout, got ${state.status}`)
  return state
}

const now = t0 + 60 * minute
const limit = 30 * minute
const clock = (number: number, runStartedAt: number | null, heartbeatAt: number | null = now) => ({
  stationId: station(number),
  heartbeatAt,
  runStartedAt,
})
const habit = (number: number, pastP99Seconds: number | null) => ({
  stationId: station(number),
  pastP99Seconds,
})

describe('the start-order watermark', () => {
  test('is the earliest start of the runs still going, for each arm by itself', () => {
    const clocks = [clock(1, now - 9 * minute), clock(7, now - 4 * minute), clock(8, now - 6 * minute)]
    expect(watermarks(running(...firstLive), clocks, [], limit, now)).toEqual({
      canary: now - 9 * minute,
      base: now - 6 * minute,
    })
  })

  test('is now when nothing runs, and no station is never ahead of now', () => {
    expect(watermarks(running(...firstLive), [], [], limit, now)).toEqual({ canary: now, base: now })
    const idle = [clock(1, null), clock(7, null)]
    expect(watermarks(running(...firstLive), idle, [], limit, now)).toEqual({ canary: now, base: now })
  })

  test('of a run that is said to begin in the future is the heartbeat that told of it, up to the time limit', () => {
    const ahead = (heartbeatAt: number) => [clock(1, now + 10 * minute, heartbeatAt), clock(7, null)]
    const mark = (heartbeatAt: number) =>
      watermarks(running(...firstLive), ahead(heartbeatAt), [], limit, now).canary
    expect(mark(now - 2 * minute)).toBe(now - 2 * minute)
    expect(mark(now - limit - 1)).toBe(now)
  })

  test('holds a station that says nothing busy for its usual longest run, up to the time limit', () => {
    const silent = [clock(1, null, null), clock(7, null, null)]
    const marks = watermarks(running(...firstLive), silent, [habit(1, 300), habit(7, 90_000)], limit, now)
    expect(marks).toEqual({ canary: now - 5 * minute, base: now - limit })
    expect(watermarks(running(...firstLive), silent, [habit(1, null)], limit, now).canary).toBe(now)
  })

  test('is not held back by a hung run beyond the time limit', () => {
    const state = running(...firstLive)
    expect(watermarks(state, [clock(1, now - limit)], [], limit, now).canary).toBe(now - limit)
    expect(watermarks(state, [clock(1, now - limit - 1)], [], limit, now).canary).toBe(now)
  })

  test('counts stations that are to take the build to the canary', () => {
    const state = running(...secondStage, pulled(station(2)))
    const clocks = [clock(2, now - 3 * minute), clock(3, now - 2 * minute)]
    expect(watermarks(state, clocks, [], limit, now)).toEqual({ canary: now - 3 * minute, base: now })
  })
})

/**
 * A healthy build on 100 stations that start together at 95 % yield; a failed run stops at its first failure, a
 * passing one takes ten minutes. statistics.md: 90 % false stops without the watermark, 0.2 % with it.
 */
describe('a healthy build on a hundred stations at once, whose failed runs end sooner', () => {
  const canary = stations(100)
  const state = running(
    created({ stations: 105 }),
    started,
    stage(0, ...canary),
    canary.map((id) => confirmed(id)),
  )
  const metric = 'first-pass yield'
  const past = state.order.map((stationId) => ({ stationId, metric, n: 500, bad: 25, expected: 25 }))
  type Played = { stationId: (typeof canary)[number]; startedAt: number; endedAt: number; passed: boolean }

  function shift(random: () => number): Played[] {
    return state.order.flatMap((stationId) => {
      const runs: Played[] = []
      let startedAt = now + random() * minute
      while (startedAt < now + 60 * minute) {
        const passed = random() >= 0.05
        const endedAt = startedAt + (passed ? 10 : 1 + 2 * random()) * minute
        runs.push({ stationId, startedAt, endedAt, passed })
        startedAt = endedAt + minute / 2
      }
      return runs
    })
  }

  function isStopped(runs: Played[], look: number, useWatermark: boolean): boolean {
    const going = new Map(
      runs.filter((run) => run.startedAt <= look && run.endedAt > look).map((run) => [run.stationId, run]),
    )
    const clocks = state.order.map((stationId) => ({
      stationId,
      heartbeatAt: look,
      runStartedAt: going.get(stationId)?.startedAt ?? null,
    }))
    const marks = useWatermark ? watermarks(state, clocks, [], limit, look) : { canary: look, base: look }
    const tallies = state.order.map((stationId, index) => {
      const arm = index < canary.length ? ('canary' as const) : ('base' as const)
      const own = runs.filter(
        (run) => run.stationId === stationId && run.endedAt <= look && run.startedAt < marks[arm],
      )
      const bad = own.filter((run) => !run.passed).length
      return { arm, stationId, metric, shift: 0, n: own.length, bad, expected: own.length / 20 }
    })
    const { overall } = evaluateGates(
      {
        gates: gates.parse([{ metric, alpha: 0.02 }]),
        stageIndex: 0,
        expectedYieldChange: 0,
        stations: gateStations(state, past, tallies, []),
        names: {},
        conditions: noConditions,
        accepted: [],
        open: [],
        target: 100,
        passes: 'likely',
        growth: 1,
        overdue: false,
        previous: null,
        driftNoise: {},
        watermark: marks,
      },
      look,
    )
    return overall === 'breach' || overall === 'severe'
  }

  const stops = (useWatermark: boolean) => {
    const random = seededRandom(7)
    const shifts = Array.from({ length: 6 }, () => shift(random))
    const looks = [4, 8, 12, 17, 25].map((after) => now + after * minute)
    return shifts.filter((runs) => looks.some((look) => isStopped(runs, look, useWatermark))).length
  }

  test('is stopped when runs are counted as they come in', () => {
    expect(stops(false)).toBeGreaterThanOrEqual(5)
  })

  test('is left alone when they are counted in the order of their start', () => {
    expect(stops(true)).toBe(0)
  })
})
