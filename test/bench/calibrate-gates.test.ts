// The gates of the simulation are those of the product: same evidence, same counts, same stops.
import { describe, expect, test } from 'vitest'
import { playRollout } from '../../bench/calibrate/experiments/whole-rollouts.ts'
import { drawFleet } from '../../bench/calibrate/fleet.ts'
import { gateJudge } from '../../bench/calibrate/gate-judge.ts'
import { drawLine, type LineStation, usualLine } from '../../bench/calibrate/line.ts'
import { lineCounts } from '../../bench/calibrate/line-counts.ts'
import { isHigh } from '../../bench/calibrate/methods/kayenta-judge.ts'
import { naiveT } from '../../bench/calibrate/methods/naive-t.ts'
import { ownGates } from '../../bench/calibrate/methods/own-evidence.ts'
import { planGate } from '../../bench/calibrate/methods/plan-gate.ts'
import { addValue, noValues } from '../../bench/calibrate/methods/value-counts.ts'
import { countBad, randomFrom } from '../../bench/calibrate/random.ts'
import { watchRollout } from '../../bench/calibrate/watch.ts'
import { type CountedGate, defaultGates, gates, isCounted } from '../../server/domain/gates/gate.ts'
import type { GateStation } from '../../server/domain/gates/question.ts'
import { type GateInput, line as stationsOf } from '../support/gate-question.ts'

const counted = gates.parse(defaultGates).filter(isCounted)

function gateOf(input: GateInput): CountedGate {
  const [gate] = gates.parse([input]).filter(isCounted)
  if (!gate) throw new Error('expected a counted gate')
  return gate
}

const kinds: Record<string, GateInput> = {
  yield: { metric: 'first-pass yield', alpha: 0.02, marginPoints: 0.002 },
  'its rise': { metric: 'first-pass yield rise', alpha: 0.005 },
  'its own past': { metric: 'first-pass yield', comparison: 'own past', alpha: 0.02 },
  'an objective': { metric: 'first-pass yield', comparison: 'absolute', objective: 0.98, alpha: 0.02 },
  'an error budget': { metric: 'error budget', extraFailures: 20, alpha: 0.01 },
}

describe('the evidence of a simulated gate', () => {
  test.each(Object.entries(kinds))('is that of its verdict, to the last digit: %s', (_, input) => {
    const random = randomFrom(1, 'evidence of gates')
    const gate = gateOf(input)
    for (const bases of [15, 0]) {
      const settings = { driftNoise: { 'first-pass yield': 0.21 }, expectedYieldChange: -0.004 }
      const [scout, judge] = [gateJudge(settings), gateJudge(settings)]
      for (let look = 1; look <= 8; look++) {
        const bad = (rate: number) => countBad(random, 60 * look, rate)
        const canary = [bad(0.03), bad(0.05), bad(0.12)].map((each) => [60 * look, each] as const)
        const made = stationsOf(canary, { past: [1000, 60], base: [60 * look, bad(0.05)], bases })
        const mixed = made.map((station, place) => ({
          ...station,
          mix: place % 2 === 0 ? { 'first-pass yield': 0.1 } : {},
        }))
        const [verdict] = judge.verdict([gate], mixed, 0).gates
        expect(verdict?.logEvidence).not.toBe(0)
        const { logEvidence, toleratedRate } = scout.evidence(gate, mixed)
        expect(logEvidence).toBe(verdict?.logEvidence)
        expect(toleratedRate).toBeCloseTo(verdict?.toleratedRate ?? Number.NaN, 12)
      }
    }
  })

  test('is nothing where yield cannot rise by more than is tolerated, or nothing was counted', () => {
    const none = { logEvidence: 0, toleratedRate: null }
    const rise = gateOf({ metric: 'first-pass yield rise', alpha: 0.005 })
    expect(gateJudge().evidence(rise, stationsOf([[500, 0]]))).toEqual(none)
    expect(gateJudge().evidence(gateOf({ metric: 'error rate' }), stationsOf([[500, 0]]))).toEqual(none)
  })

  test('looks both ways where the gate does', () => {
    const either = gateOf({ metric: 'duration', direction: 'either', alpha: 0.01 })
    const half = { past: [1000, 500], base: [100, 50] } as const
    const [up, down] = [
      stationsOf([[100, 5]], { key: 'duration, increase', ...half }),
      stationsOf([[100, 80]], { key: 'duration, decrease', ...half }),
    ]
    const both = up.map(
      (station, place): GateStation => ({
        ...station,
        past: { ...station.past, ...down[place]?.past },
        since: { ...station.since, ...down[place]?.since },
      }),
    )
    expect(gateJudge().evidence(either, both).logEvidence).toBeGreaterThan(Math.log(200))
  })
})

describe('a simulated gate that is asked only where it can have come to its line', () => {
  const changes = { 'nothing changed': {}, worse: { newRate: 0.2 }, better: { newRate: 0.01 } }
  test.each(
    Object.entries(kinds).flatMap(([kind, input]) =>
      Object.entries(changes).map(([name, change]) => ({ kind, name, input, change })),
    ),
  )(
    'stops at the run at which one stops that is asked after every run: $kind, $name',
    ({ input, change }) => {
      const gate = gateOf(input)
      for (let rollout = 0; rollout < 3; rollout++) {
        const story = { size: 12, canary: 3, rate: 0.08, bias: 0.4, drift: 0.15, pastRuns: 1000, ...change }
        const play = (isEveryLook: boolean) => {
          const random = randomFrom(2, `looks ${rollout}`)
          return watchRollout(random, drawFleet(random, story), [planGate('it', gate, { isEveryLook })], 400)
        }
        expect(play(false)).toEqual(play(true))
      }
    },
  )

  test.each([
    ['healthy', {}],
    ['with more errors', { build: { error: 5 } }],
    ['slower', { build: { time: 1.13 } }],
  ])(
    'stops a whole rollout at the same run by the same gates: %s',
    (name, change) => {
      const play = (isEveryLook: boolean) =>
        playRollout(randomFrom(3, name), { ...usualLine, pastUnits: 300, ...change }, { isEveryLook })
      expect(play(false)).toEqual(play(true))
    },
    120_000,
  )
})

describe('a whole rollout in the simulation', () => {
  test('goes on judging in the stages after the first', () => {
    const endings = Array.from({ length: 8 }, (_, rollout) =>
      playRollout(randomFrom(4, `later ${rollout}`), { ...usualLine, pastUnits: 300, build: { fail: 4 } }),
    )
    const later = endings.filter(
      ({ stations, stoppedBy }) => stations > 1 && stoppedBy.includes('first-pass yield'),
    )
    expect(later.length).toBeGreaterThan(0)
    for (const { stations, runs } of later) expect(runs).toBeGreaterThan(stations > 5 ? 600 : 100)
  }, 120_000)
})

describe('the counts of a simulated line', () => {
  const quiet = {
    ...usualLine,
    size: 3,
    pastUnits: 200,
    rates: { fail: 0.2, error: 0.1, timeout: 0.05 },
    longer: { usual: 0.3, canary: 0.3 },
  }
  const testAll = (
    line: LineStation[],
    counts: ReturnType<typeof lineCounts>,
    canary: number,
    rounds: number[],
  ) =>
    rounds.flatMap((round) =>
      line.flatMap((station, place) => {
        const arm = place < canary ? 'canary' : 'base'
        return station.testUnit(arm, round).map((run) => ({ arm, run, badBy: counts.count(arm, run) }))
      }),
    )

  test('have each unit once for yield, and every run for errors, timeouts and, where it passed, times', () => {
    const line = drawLine(randomFrom(1, 'counts'), quiet)
    const counts = lineCounts(line, counted)
    const told = testAll(line, counts, 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const own = told.filter(({ run }) => run.stationId === line[0]?.id)
    const outcome = (name: string) => own.filter(({ run }) => run.outcome === name).length
    const [station] = counts.stations(counted)
    expect(station?.since).toMatchObject({
      'first-pass yield': {
        n: 10,
        bad: own.filter(({ run }) => run.isFirstAttempt && run.outcome !== 'PASS').length,
      },
      'error rate': { n: own.length, bad: outcome('ERROR') },
      'timeout rate': { n: own.length, bad: outcome('TIMEOUT') },
      duration: { n: outcome('PASS') },
    })
    expect(own.length).toBeGreaterThan(10)
    expect(station?.past['first-pass yield']?.n).toBe(200)
  })

  test('hold an error at the first attempt against yield as well', () => {
    const line = drawLine(randomFrom(1, 'both'), { ...quiet, rates: { ...quiet.rates, error: 0.9 } })
    const [first] = testAll(line, lineCounts(line, counted), 1, [0]).filter(
      ({ run }) => run.outcome === 'ERROR',
    )
    expect([...(first?.badBy ?? [])]).toEqual(['first-pass yield', 'error rate'])
  })

  test('of a station that switched begin anew with its switch', () => {
    const line = drawLine(randomFrom(1, 'switch'), quiet)
    const counts = lineCounts(line, counted)
    testAll(line, counts, 1, [0, 1, 2, 3])
    testAll(line, counts, 2, [4, 5])
    expect(counts.stations(counted).map(({ arm, since }) => [arm, since['first-pass yield']?.n])).toEqual([
      ['canary', 6],
      ['canary', 2],
      ['base', 6],
    ])
  })

  test('expect more failures of a station that gets more of the product that fails more', () => {
    const story = { ...quiet, pastUnits: 2000, longer: { usual: 0.1, canary: 1 } }
    const line = drawLine(randomFrom(1, 'mix'), story)
    const counts = lineCounts(line, counted)
    testAll(
      line,
      counts,
      1,
      Array.from({ length: 100 }, (_, round) => round),
    )
    const [canary, base] = counts.stations(counted).map(({ mix }) => mix['first-pass yield'] ?? 0)
    expect(canary).toBeGreaterThan(0.2)
    expect(Math.abs(base ?? 1)).toBeLessThan(0.1)
  })
})

describe('a simulated line', () => {
  test('has the outcomes and times of its story', () => {
    const story = { ...usualLine, size: 1, bias: 0, pastUnits: 20_000, longer: { usual: 0, canary: 0 } }
    const [station] = drawLine(randomFrom(1, 'line'), {
      ...story,
      times: { stations: 0, deployment: 0, runs: 0.1 },
    })
    const units = (station?.history ?? []).filter(({ isFirstAttempt }) => isFirstAttempt)
    const byDay = units.filter(({ shift }) => shift === 0)
    const share = (outcome: string) => byDay.filter((run) => run.outcome === outcome).length / byDay.length
    // Standard errors 0.0010, 0.0006 and 0.0004.
    expect(Math.abs(share('FAIL') - 0.01)).toBeLessThan(0.003)
    expect(Math.abs(share('ERROR') - 0.004)).toBeLessThan(0.0019)
    expect(Math.abs(share('TIMEOUT') - 0.0015)).toBeLessThan(0.0012)
    expect(byDay).toHaveLength(10_000)
    const times = units.flatMap(({ outcome, startedAt, endedAt }) =>
      outcome === 'PASS' ? [endedAt - startedAt] : [],
    )
    const sorted = times.toSorted((one, other) => one - other)
    expect((sorted[Math.floor(sorted.length / 2)] ?? 0) / 60_000).toBeCloseTo(1, 1)
    const outliers = times.filter((time) => time > 300_000).length / times.length
    expect(Math.abs(outliers - 0.02)).toBeLessThan(0.003)
  })
})

describe('the methods beside ours', () => {
  test('the yield gate that is compared is the one of the default plan', () => {
    const [yieldGate] = counted
    expect(yieldGate).toMatchObject({
      metric: 'first-pass yield',
      marginRelative: ownGates.defaults.marginRelative,
    })
    expect(yieldGate?.alpha).toBeCloseTo(ownGates.defaults.alpha, 12)
  })

  test('Kayenta finds a series that lies higher, and none below the increase that it allows', () => {
    const series = (values: number[]) => {
      const known = noValues()
      for (const value of values) addValue(known, value)
      return known
    }
    const base = series([1, 1.1, 1.2, 1.1, 1, 1.05, 1.15, 1.2, 1, 1.1])
    const canary = series([1.3, 1.25, 1.35, 1.3, 1.3, 1.4, 1.25, 1.35, 1.3, 1.35])
    expect([canary.values, canary.counts]).toEqual([
      [1.25, 1.3, 1.35, 1.4],
      [2, 4, 3, 1],
    ])
    expect([isHigh(canary, base), isHigh(base, canary), isHigh(base, base)]).toEqual([true, false, false])
    // 1.315 on average against 1.09: 1.206 times
    expect([isHigh(canary, base, 1.2), isHigh(canary, base, 1.21)]).toEqual([true, false])
  })

  test('the naive t test is that of Welch, with the tolerance it is given', () => {
    const t = naiveT()
    for (let run = 0; run < 20; run++) {
      t.add('base', run % 2 === 0 ? 1 : 3)
      t.add('canary', run % 2 === 0 ? 1.6 : 3.6)
    }
    // The means differ by 0.6, 1.85 standard errors of 0.324; with 10 % tolerated by 0.4, which is no more than 1.2
    expect([t.isHigher(), t.isHigher(1.01), t.isHigher(1.1)]).toEqual([true, true, false])
  })
})
