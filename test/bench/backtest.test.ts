import { describe, expect, test } from 'vitest'
import { parseArguments } from '../../bench/backtest/arguments.ts'
import { backtestText } from '../../bench/backtest/text.ts'
import type { BacktestReport } from '../../server/domain/backtest/report.ts'

describe('the arguments of the backtest', () => {
  test('have a default for everything; a quick one plays fewer rollouts', () => {
    const usual = { procedure: null, rollouts: 200, days: 60, seed: 1, json: false }
    expect(parseArguments([])).toEqual({ kind: 'run', arguments: usual })
    expect(parseArguments(['--quick'])).toEqual({ kind: 'run', arguments: { ...usual, rollouts: 20 } })
  })

  test('are read', () => {
    const words = [
      '--procedure',
      ' Board A ',
      '--rollouts=50',
      '--days',
      '90',
      '--seed',
      '7',
      '--json',
      '--quick',
    ]
    expect(parseArguments(words)).toEqual({
      kind: 'run',
      arguments: { procedure: 'Board A', rollouts: 50, days: 90, seed: 7, json: true },
    })
    expect(parseArguments(['-h'])).toEqual({ kind: 'help' })
  })

  test('are refused with all that was expected and what came', () => {
    expect(parseArguments(['--rollouts', '1', '--days', '14', '--seed', 'x'])).toEqual({
      kind: 'wrong',
      faults: [
        'expected a whole number from 2 to 10000 after --rollouts, got 1',
        'expected a whole number from 15 to 3650 after --days, got 14',
        'expected a whole number from 0 to 4294967295 after --seed, got x',
      ],
    })
    for (const words of [['--slow'], ['word'], ['--procedure', ' ']])
      expect(parseArguments(words)).toMatchObject({ kind: 'wrong', faults: [expect.any(String)] })
  })
})

const stopped = { replays: 400, stopped: 2, independent: 199.6, lower: 0.001, upper: 0.03 }
const report: BacktestReport = {
  ...{ from: Date.parse('2026-03-02T05:00:00Z'), to: Date.parse('2026-05-01T05:00:00Z') },
  ...{ stations: 20, runs: 120_431, dates: 61, replayableDates: 41, rollouts: 200, seed: 1 },
  ...{ falseStops: stopped, alarmBudget: 0.05 },
  gates: [{ name: 'first-pass yield', alpha: 0.015, stopped: 2 }],
  canaries: [
    {
      label: '1 station',
      stations: { least: 1, most: 1 },
      lookEvery: { least: 2, most: 4 },
      falseStops: { replays: 200, stopped: 0, independent: 180, lower: 0, upper: 0.02 },
      provable: { expectedYield: 0.981, provableYield: 0.96 },
      found: [
        { drop: 0.02, replays: 200, found: 44, medianFirstAttempts: null },
        { drop: 0.08, replays: 200, found: 199, medianFirstAttempts: 1077.5 },
      ],
      lasted: { replays: 20, median: 86_400_000, ninth: 90_000_000, overdue: 0 },
      smallestFound: { half: 0.02, most: 0.04 },
    },
    {
      label: '25 %',
      stations: { least: 4, most: 5 },
      lookEvery: { least: 9, most: 12 },
      falseStops: { replays: 200, stopped: 2, independent: 120, lower: 0.003, upper: 0.04 },
      provable: null,
      found: [],
      lasted: { replays: 20, median: 86_400_000, ninth: 90_000_000, overdue: 0 },
      smallestFound: { half: 0.02, most: 0.04 },
    },
  ],
  wandering: [
    { metric: 'first-pass yield', estimate: 0.213, isAtCap: false },
    { metric: 'error rate', estimate: 0.931, isAtCap: true },
  ],
  notPlayed: ['mixed builds'],
}
const told = (what: Partial<BacktestReport> = {}, passedOver = { stationsLeftOut: 0, runsWithoutBuild: 0 }) =>
  // A no-break space is a space to a reader.
  backtestText('Board A', { report: { ...report, ...what }, ...passedOver }).replaceAll('\u{A0}', ' ')

describe('a backtest, told to people', () => {
  test('begins with what was played, on what', () => {
    expect(told().split('\n').slice(0, 2)).toEqual([
      'Board A: 200 rollouts that never were, each with every canary (seed 1)',
      '20 stations, 120,431 runs, 2026-03-02 to 2026-05-01; a rollout could have begun on 41 of 61 dates',
    ])
  })

  test.each([
    [{}, 'That is within what the gates may spend, 5.0 %.'],
    [{ lower: 0.06, upper: 0.11, stopped: 32 }, 'That is more than what the gates may spend, 5.0 %.'],
    [
      { upper: 0.07 },
      'Nothing in it speaks against what the gates may spend, 5.0 %; this history is too short to prove it.',
    ],
    [
      { lower: 0.03, upper: 0.11, stopped: 24 },
      'That is above what the gates may spend, 5.0 %, and may still be chance: this history is too short to tell.',
    ],
  ])('holds the false stops %j against the alarm budget', (what, sentence) => {
    const text = told({ falseStops: { ...stopped, ...what } })
    expect(text.split('\n')[4]).toBe(sentence)
  })

  test('has a line for each canary: false stops, the least it can prove, and the drops that it found', () => {
    const lines = told().split('\n')
    const line = (start: string) => lines.find((each) => each.startsWith(start))?.split(/ {2,}/)
    expect(lines[3]).toBe(
      '2 of 400 healthy ones stopped: 0.5 % (95 %: 0.1–3.0 %; they overlap, and say as much as 200 that do not)',
    )
    expect(line('1 station')).toEqual([
      '1 station',
      '1',
      '0 of 200',
      '0.0–2.0 %',
      '98.1 → 96.0 %',
      '22.0 %, –',
      '99.5 %, 1,078',
    ])
    expect(line('25 %')).toEqual(['25 %', '4–5', '2 of 200', '0.3–4.0 %', '–'])
    expect(line('first-pass yield')).toEqual(['first-pass yield', '0.5 %', '1.5 %'])
  })

  test('says in a sentence when stations wander more than the method allows for', () => {
    expect(told()).toContain(
      'error rate: stations wander more than the method allows for: 0.93 from day to day, and it counts with 0.6 at the most.',
    )
    expect(told()).not.toContain('first-pass yield: stations wander')
  })

  test('says what was not played, and what was passed over', () => {
    expect(told()).toContain('after every k-th besides (k 2–12).\nNot played: mixed builds. ')
    expect(told({ notPlayed: [] })).not.toContain('Not played')
    expect(told()).not.toMatch(/left out|passed over/)
    const passedOver = told({}, { stationsLeftOut: 80, runsWithoutBuild: 1234 })
    expect(passedOver).toContain('\n80 stations, drawn at random, were left out')
    expect(passedOver).toContain('\n1,234 runs were passed over')
  })
})
