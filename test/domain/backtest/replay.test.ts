import { describe, expect, test } from 'vitest'
import { chance } from '../../../server/domain/backtest/chance.ts'
import { type HistoryRun, runsBetween } from '../../../server/domain/backtest/history.ts'
import { pastAt } from '../../../server/domain/backtest/past-at.ts'
import { type Replay, replayed } from '../../../server/domain/backtest/replay.ts'
import type { ReplayedStage } from '../../../server/domain/backtest/replayed-stages.ts'
import { defaultGates, gates as gatesOf, isCounted } from '../../../server/domain/gates/gate.ts'
import { day } from '../../../server/domain/instant.ts'
import { station } from '../../support/plan-builder.ts'
import { from, history } from './synthetic-history.ts'

const stage: ReplayedStage = {
  index: 0,
  label: '1 station',
  soakMs: 2 * day,
  firstAttempts: 0,
  longestMs: 2 * day,
}
const counted = gatesOf.parse(defaultGates).filter(isCounted)
const line = history({ stations: 6, days: 30, runsPerDay: 100, rate: 0.05, wandering: 0.4 })

/** The line from a day on, one station its canary. */
function aReplay(on: number, what: Partial<Replay> = {}): Replay {
  const at = from + on * day
  return {
    gates: counted,
    stage,
    at,
    past: pastAt({ at, stations: line.stations }, counted),
    canary: new Set([station(1 + (on % 6))]),
    runs: line.stations
      .flatMap(({ runs }) => runsBetween(runs, at, at + stage.longestMs))
      .toSorted((a, b) => a.startedAt - b.startedAt),
    isTurned: () => false,
    lookEvery: 5,
    ...what,
  }
}
const turned = (share: number) => (run: HistoryRun) => chance('turned', run.startedAt) < share
const someDays = [14, 17, 20, 23, 26]

describe('a replay', () => {
  test('asks only where a stop can come, and stops at the very run at which asking after every run would', () => {
    const stops = [0, 0.1, 0.2].flatMap((share) =>
      someDays.map((on) => {
        const seldom = replayed(aReplay(on, { isTurned: turned(share) }))
        expect(replayed(aReplay(on, { isTurned: turned(share), lookEvery: 1 }))).toEqual(seldom)
        return seldom.stoppedBy.length
      }),
    )
    expect(stops.filter((count) => count > 0).length).toBeGreaterThan(4)
    expect(stops.filter((count) => count === 0).length).toBeGreaterThan(4)
  })

  test('is stopped by yield when every first attempt of the canary fails, at the third or soon after', () => {
    const { stoppedBy, firstAttempts, until } = replayed(aReplay(20, { isTurned: () => true }))
    expect(stoppedBy).toEqual(['first-pass yield'])
    expect(firstAttempts).toBeGreaterThanOrEqual(3)
    expect(firstAttempts).toBeLessThan(6)
    expect(until).toBeLessThan(from + 20.2 * day)
  })

  test('is not stopped by what base does: the same failures on every station are the line moving', () => {
    const everywhere = line.stations.flatMap(({ runs }) =>
      runsBetween(runs, from + 20 * day, from + 22 * day).map(
        (run): HistoryRun => (turned(0.1)(run) ? { ...run, outcome: 'FAIL' } : run),
      ),
    )
    const runs = everywhere.toSorted((a, b) => a.startedAt - b.startedAt)
    expect(replayed(aReplay(20, { runs })).stoppedBy).toEqual([])
    expect(replayed(aReplay(20, { isTurned: turned(0.2) })).stoppedBy).toEqual(['first-pass yield'])
  })

  test('is stopped by a yield that rises, though no run is bad', () => {
    const bad = history({ stations: 6, days: 30, runsPerDay: 100, rate: 0.3 })
    const at = from + 20 * day
    const runs = bad.stations
      .flatMap(({ runs: own }) => runsBetween(own, at, at + stage.longestMs))
      .map((run): HistoryRun => (run.stationId === station(3) ? { ...run, outcome: 'PASS' } : run))
      .toSorted((a, b) => a.startedAt - b.startedAt)
    const past = pastAt({ at, stations: bad.stations }, counted)
    expect(replayed(aReplay(20, { past, runs })).stoppedBy).toEqual(['first-pass yield rise'])
  })

  test('does not hold retests against yield, and does hold errors in them against the error rate', () => {
    const canary = new Set([station(3)])
    const onCanary = (outcome: HistoryRun['outcome']) =>
      aReplay(20).runs.map((run, index) =>
        canary.has(run.stationId) && index % 2 === 0 ? { ...run, isFirstAttempt: false, outcome } : run,
      )
    expect(replayed(aReplay(20, { runs: onCanary('FAIL'), canary })).stoppedBy).toEqual([])
    expect(replayed(aReplay(20, { runs: onCanary('ERROR'), canary })).stoppedBy).toEqual(['error rate'])
  })

  test('ends with its stage: what comes after is not counted', () => {
    const short = { ...stage, soakMs: day / 4, longestMs: day }
    const whole = replayed(aReplay(15, { stage: short }))
    expect(whole.stoppedBy).toEqual([])
    expect([whole.firstAttempts, whole.until < from + 15.25 * day]).toEqual([expect.any(Number), true])
    expect(whole.firstAttempts).toBeLessThan(30)
    const sampled = replayed(aReplay(15, { stage: { ...short, firstAttempts: 50 } }))
    expect(sampled.firstAttempts).toBe(50)
    const never = replayed(aReplay(15, { stage: { ...short, firstAttempts: 5000 } }))
    expect(never.until).toBeGreaterThan(from + 15.95 * day)
    expect(never.until).toBeLessThan(from + 16 * day)
  })

  test('hears no gate that only observes, nor one that does not act in this stage', () => {
    const quiet = (what: object) =>
      replayed(aReplay(20, { gates: counted.map((gate) => ({ ...gate, ...what })), isTurned: () => true }))
        .stoppedBy
    expect(quiet({ mode: 'observe' })).toEqual([])
    expect(quiet({ stages: [1] })).toEqual([])
    expect(quiet({ stages: [0], mode: 'roll back' })).toEqual(['first-pass yield'])
    const second = { ...stage, index: 1 }
    const gates = counted.map((gate) => ({ ...gate, stages: [1] }))
    expect(replayed(aReplay(20, { gates, stage: second, isTurned: () => true })).stoppedBy).toEqual([
      'first-pass yield',
    ])
  })

  test('counts a long run against its own station: a slow canary is found by duration alone', () => {
    const slow = aReplay(20).runs.map((run) =>
      run.stationId === station(3)
        ? { ...run, endedAt: run.startedAt + 1.3 * (run.endedAt - run.startedAt) }
        : run,
    )
    expect(replayed(aReplay(20, { runs: slow, canary: new Set([station(3)]) })).stoppedBy).toEqual([
      'duration',
    ])
  })
})
