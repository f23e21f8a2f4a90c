import { describe, expect, test } from 'vitest'
import type { History } from '../../../server/domain/backtest/history.ts'
import { type Asked, type Played, played } from '../../../server/domain/backtest/played.ts'
import { longestStageMs } from '../../../server/domain/backtest/replayed-stages.ts'
import { type BacktestReport, backtestReport } from '../../../server/domain/backtest/report.ts'
import { startsOf } from '../../../server/domain/backtest/starts.ts'
import { stoppedShare } from '../../../server/domain/backtest/stopped.ts'
import { wanderingCap, wanderingFloor } from '../../../server/domain/backtest/wandering.ts'
import { day } from '../../../server/domain/instant.ts'
import { type Plan, plan } from '../../../server/domain/plan.ts'
import { presetPlan } from '../../../server/domain/presets.ts'
import { estimateDriftNoise } from '../../../server/domain/statistics/estimate-drift-noise.ts'
import { aPlan, base, build } from '../../support/plan-builder.ts'
import { type Fleet, from, history } from './synthetic-history.ts'

const standard = plan.parse(presetPlan('standard'))

function play(line: History, asked: Partial<Asked> = {}, of: Plan = standard) {
  const full = { rollouts: 10, seed: 1, drops: [], ...asked }
  const starts = startsOf(line, longestStageMs(of))
  const all = [...played(starts.starts, of, full)]
  return { all, report: backtestReport(line, of, starts, full, all) }
}
const aLine = (what: Partial<Fleet> = {}) =>
  history({ stations: 8, days: 40, runsPerDay: 60, rate: 0.04, bias: 0.5, ...what })
const metric = (report: BacktestReport, name: string) => report.wandering.find((each) => each.metric === name)

describe('a healthy history', () => {
  const { all, report } = play(aLine(), { rollouts: 20 })

  test('is stopped no more often than the gates may, as sure as it can be', () => {
    const { replays, stopped, independent, lower, upper } = report.falseStops
    expect(replays).toBe(60)
    expect(stopped / replays).toBeLessThanOrEqual(report.alarmBudget)
    expect(lower).toBeLessThanOrEqual(report.alarmBudget)
    // Of as many independent replays as there are, none stopped.
    expect(upper).toBeLessThan(report.alarmBudget + 3.84 / independent)
    expect(report.alarmBudget).toBeCloseTo(0.05, 10)
  })

  test('is told by canary, with the least that each can prove: more stations can prove less', () => {
    expect(report.canaries.map(({ label, stations }) => [label, stations.least, stations.most])).toEqual([
      ['1 station', 1, 1],
      ['25 %', 2, 2],
      ['50 %', 4, 4],
    ])
    const provable = report.canaries.map(({ provable: known }) => {
      expect(known?.expectedYield).toBeGreaterThan(0.94)
      return (known?.expectedYield ?? 0) - (known?.provableYield ?? 0)
    })
    expect(provable[0]).toBeGreaterThan(provable[1] ?? 0)
    expect(provable[1]).toBeGreaterThan(provable[2] ?? 0)
    expect(provable[2]).toBeGreaterThan(0.005)
  })

  test('tells how long each stage took where it was not stopped, at least its soak', () => {
    for (const { lasted, falseStops } of report.canaries) {
      expect(lasted.replays + lasted.overdue + falseStops.stopped).toBe(20)
      expect(lasted.median).toBeGreaterThan(0.9 * day)
      expect(lasted.ninth).toBeGreaterThanOrEqual(lasted.median ?? 0)
      expect(lasted.ninth).toBeLessThanOrEqual(3 * day)
    }
  })

  test('names the gates that it could not play', () => {
    expect(report.gates.map(({ name, stopped }) => [name, stopped])).toEqual([
      ['first-pass yield', 0],
      ['first-pass yield rise', 0],
      ['error rate', 0],
      ['timeout rate', 0],
      ['duration', 0],
    ])
    expect(report.notPlayed).toEqual(['reference samples', 'mixed builds', 'new failure mode'])
  })

  test('is played the same by the same seed, and otherwise by another', () => {
    const few = (seed: number) => play(aLine(), { rollouts: 3, seed }).all
    const told = (of: Played[]) => of.map(({ start, canary, asItWas }) => [start.at, ...canary, asItWas])
    expect(told(few(1))).toEqual(told(all).slice(0, 9))
    expect(told(few(2))).not.toEqual(told(all).slice(0, 9))
  })

  test('lends every station to a canary of one, and its starts are spread over the dates', () => {
    const alone = all.filter(({ canary }) => canary.length === 1)
    expect(new Set(alone.map(({ canary }) => canary[0])).size).toBe(8)
    expect(new Set(alone.map(({ start }) => Math.floor(start.at / day))).size).toBeGreaterThan(10)
  })
})

describe('stations that wander more than the method allows for', () => {
  const { report } = play(aLine({ wandering: 1.4, runsPerDay: 40 }), { rollouts: 2 })

  test('are told, with how much they do', () => {
    const yields = metric(report, 'first-pass yield')
    expect(yields?.isAtCap).toBe(true)
    expect(yields?.estimate).toBeGreaterThan(1)
    expect(yields?.estimate).toBeLessThan(2)
    expect(metric(report, 'duration')?.isAtCap).toBe(false)
    expect(metric(report, 'duration')?.estimate).toBeCloseTo(wanderingFloor, 10)
  })

  test('are held against the cap and the floor of the method itself', () => {
    const wild = [0, 1, 2, 3].map((row) =>
      [0, 1, 2, 3, 4].map((date) => ({ runs: 100, bad: (row + date) % 2 ? 90 : 10 })),
    )
    expect(estimateDriftNoise(wild)).toBe(wanderingCap)
    expect(estimateDriftNoise([])).toBe(wanderingFloor)
  })

  test('do not, when it is the build that changed their yield', () => {
    const line = aLine()
    const worse = {
      ...line,
      stations: line.stations.map((each, place) => ({
        ...each,
        // One station after the other goes over to a build that fails every third unit.
        runs: each.runs.map((run, index) =>
          run.startedAt < from + (8 + 3 * place) * day
            ? run
            : { ...run, deploymentId: build, outcome: index % 3 === 0 ? ('FAIL' as const) : run.outcome },
        ),
      })),
    }
    const starts = startsOf(worse, 3 * day)
    const told = backtestReport(worse, standard, starts, { rollouts: 0, seed: 1, drops: [] }, [])
    expect(metric(told, 'first-pass yield')?.estimate).toBeLessThan(0.2)
  })
})

describe('points of yield that are taken away', () => {
  const { all, report } = play(aLine({ runsPerDay: 150 }), { rollouts: 8, drops: [0.02, 0.1] })

  test('are found from the smallest on of which every larger one is found too', () => {
    for (const { found, smallestFound } of report.canaries) {
      const often = (share: number) => found.filter((each) => each.found >= share * each.replays)
      expect(smallestFound.half).toBe(often(0.5)[0]?.drop ?? null)
      expect(smallestFound.most).toBe(often(0.8)[0]?.drop ?? null)
    }
    expect(report.canaries.at(-1)?.smallestFound.half).not.toBeNull()
  })

  test('are found when they are ten, by every canary, and sooner by the larger ones of two drops', () => {
    for (const { found } of report.canaries) {
      const [two, ten] = found
      expect([two?.drop, ten?.drop, two?.replays, ten?.replays]).toEqual([0.02, 0.1, 8, 8])
      expect(ten?.found).toBe(8)
      expect(ten?.medianFirstAttempts).toBeLessThan(160)
      expect(two?.found).toBeLessThan(8)
    }
  })

  test('are told by when half of the replays had found them', () => {
    const alone = all
      .filter(({ stage }) => stage.index === 0)
      .map(({ withDrop }) => withDrop[1]?.firstAttempts ?? 0)
    const [, , , fourth = 0, fifth = 0] = alone.toSorted((a, b) => a - b)
    expect(report.canaries[0]?.found[1]?.medianFirstAttempts).toBe((fourth + fifth) / 2)
    expect(report.canaries[0]?.found[0]?.medianFirstAttempts).toBeNull()
  })

  test('are not looked for where no gate judges yield', () => {
    const blind = aPlan({ ...presetPlan('standard'), gates: [{ metric: 'error rate' }] })
    const { report: told } = play(aLine(), { rollouts: 2, drops: [0.1] }, blind)
    expect(told.canaries[0]?.found).toEqual([{ drop: 0.1, replays: 0, found: 0, medianFirstAttempts: null }])
    expect(told.canaries[0]?.provable).toBeNull()
  })
})

test('a drop is found by gates that judge yield alone: another that would have stopped says nothing of it', () => {
  const line = aLine({ stations: 3, days: 17.2 })
  const slow = line.stations.map((each) => ({
    ...each,
    runs: each.runs.map((run) =>
      run.startedAt < from + 14.1 * day ? run : { ...run, endedAt: 2 * run.endedAt - run.startedAt },
    ),
  }))
  const { all, report } = play({ ...line, stations: slow }, { rollouts: 4, drops: [0.0001] })
  expect(new Set(all.flatMap(({ asItWas }) => asItWas.stoppedBy))).toEqual(new Set(['duration']))
  expect(report.gates.find(({ name }) => name === 'duration')?.stopped).toBe(report.falseStops.stopped)
  expect(report.canaries.flatMap(({ found }) => found.map((each) => each.found))).toEqual([0, 0])
})

test('a change of build in the middle takes its dates out', () => {
  const line = aLine({ build: (_place, at) => (at < from + 20 * day ? base : build) })
  const { all, report } = play(line, { rollouts: 12 })
  expect(report.replayableDates).toBeLessThan(10)
  expect(report.dates).toBe(40)
  for (const { start } of all) {
    const on = (start.at - from) / day
    expect(on < 17.2 || on > 33.8).toBe(true)
  }
})

test('stages that come to the same stations are played once', () => {
  const { report } = play(aLine({ stations: 3 }), { rollouts: 2 })
  expect(report.canaries.map(({ label, stations }) => [label, stations.most])).toEqual([
    ['1 station', 1],
    ['50 %', 2],
  ])
})

test('without a start nothing is played, and nothing is claimed', () => {
  const { report } = play(aLine({ days: 10 }), { rollouts: 5, drops: [0.1] })
  expect(report.canaries).toEqual([])
  expect(report.falseStops).toEqual({ replays: 0, stopped: 0, independent: 0, lower: 0, upper: 1 })
})

test('replays of the same hours of the same stations count as one', () => {
  const { all } = play(aLine({ stations: 3 }), { rollouts: 1 })
  const [one] = all
  if (!one) throw new Error('nothing was played')
  expect(stoppedShare([one]).independent).toBe(1)
  expect(stoppedShare([one, one, one])).toEqual({ ...stoppedShare([one]), replays: 3 })
  const elsewhere = { ...one, start: { ...one.start, at: one.start.at + 5 * day } }
  const later = { ...elsewhere, asItWas: { ...one.asItWas, until: one.asItWas.until + 5 * day } }
  expect(stoppedShare([one, later]).independent).toBe(2)
  const stopped = { ...later, asItWas: { ...later.asItWas, stoppedBy: ['duration'] } }
  expect(stoppedShare([one, stopped])).toMatchObject({ replays: 2, stopped: 1, independent: 2 })
})
