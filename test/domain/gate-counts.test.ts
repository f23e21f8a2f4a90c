// From tallies to what the gates judge: the arm of each station, the watermark, the shifts of the canary, the mix.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gateStations, type JudgedTally } from '../../server/domain/gates/gate-counts.ts'
import type { MetricPast } from '../../server/domain/gates/metric-past.ts'
import type { GateStation } from '../../server/domain/gates/question.ts'
import type { RolloutState, StationProgress } from '../../server/domain/rollout/state.ts'
import { evaluateCanary } from '../../server/domain/statistics/evaluate-canary.ts'
import { station } from '../support/plan-builder.ts'
import { seededRandom } from './statistics/tallies.ts'

const metric = 'first-pass yield'
type Status = StationProgress['status']

/** Stations 1, 2, 3 … in these statuses. */
function rollout(...statuses: Status[]): Pick<RolloutState, 'order' | 'stations'> {
  const order = statuses.map((_, index) => station(index + 1))
  const progress = statuses.map((status) => ({
    status,
    since: 0,
    stageIndex: 0,
    trouble: null,
    waived: null,
  }))
  return {
    order,
    stations: Object.fromEntries(order.map((id, index) => [id, progress[index]])) as RolloutState['stations'],
  }
}

const tally = (
  arm: 'canary' | 'base',
  number: number,
  n: number,
  bad: number,
  what: Partial<JudgedTally> = {},
): JudgedTally => ({ arm, stationId: station(number), metric, shift: 0, n, bad, expected: n * 0.02, ...what })
const past = (number: number, n: number, bad: number, expected = n * 0.02): MetricPast => ({
  stationId: station(number),
  metric,
  n,
  bad,
  expected,
  usual: null,
})
const of = (stations: GateStation[], number: number) =>
  stations.find(({ id }) => id === station(number)) ?? ({} as GateStation)

describe('the arm of a station', () => {
  test('is the canary’s from its own switch on; what it did as base before is left out', () => {
    const [first] = gateStations(
      rollout('confirmed'),
      [],
      [tally('base', 1, 70, 7), tally('canary', 1, 30, 1)],
      [],
    )
    expect(first).toMatchObject({ arm: 'canary', since: { [metric]: { n: 30, bad: 1 } } })
  })

  test('is the canary’s as soon as a run shows it, and when it is confirmed without one', () => {
    const stations = gateStations(
      rollout('pinned', 'confirmed', 'pinned', 'queued'),
      [],
      [tally('canary', 1, 1, 0), tally('base', 2, 9, 1), tally('base', 3, 9, 1), tally('base', 4, 9, 1)],
      [],
    )
    expect(stations.map(({ arm }) => arm)).toEqual(['canary', 'canary', 'base', 'base'])
    expect(of(stations, 2).since).toEqual({})
  })

  test('is the canary’s of one whose runs on the build counted for no gate, and stays so after an undo', () => {
    const [first] = gateStations(
      rollout('queued'),
      [],
      [tally('canary', 1, 0, 0, { metric: '' }), tally('base', 1, 9, 1)],
      [],
    )
    expect(first).toMatchObject({ arm: 'canary', since: {} })
  })

  test('is told of every station of the rollout, with its past and without one', () => {
    const stations = gateStations(rollout('queued', 'left'), [past(1, 400, 8)], [], [])
    expect(stations.map(({ past: own, since }) => [own, since])).toEqual([
      [{ [metric]: { n: 400, bad: 8 } }, {}],
      [{}, {}],
    ])
  })
})

describe('the watermark', () => {
  test('takes back what started at or after it, of its own arm, station, metric and shift', () => {
    const [first] = gateStations(
      rollout('confirmed'),
      [],
      [
        tally('canary', 1, 10, 4),
        tally('canary', 1, 5, 1, { shift: 1 }),
        tally('canary', 1, 8, 2, { metric: 'duration' }),
      ],
      [tally('canary', 1, 3, 2), tally('base', 1, 9, 9), tally('canary', 1, 5, 1, { shift: 1 })],
    )
    expect(first?.since).toEqual({ [metric]: { n: 7, bad: 2 }, duration: { n: 8, bad: 2 } })
  })

  test('takes back what those let expect, too', () => {
    const [first] = gateStations(
      rollout('confirmed'),
      [past(1, 100, 2, 2)],
      [tally('canary', 1, 10, 0, { expected: 1.1 })],
      [tally('canary', 1, 5, 0, { expected: 1 })],
    )
    expect(first?.mix[metric]).toBeCloseTo(0, 12)
  })

  test('never leaves less than nothing, nor more bad ones than were counted', () => {
    const [first, second] = gateStations(
      rollout('confirmed', 'confirmed'),
      [],
      [tally('canary', 1, 2, 1), tally('canary', 2, 5, 5)],
      [tally('canary', 1, 3, 0), tally('canary', 2, 4, 0)],
    )
    expect(first?.since).toEqual({})
    expect(second?.since).toEqual({ [metric]: { n: 1, bad: 1 } })
  })
})

describe('the shifts of the canary', () => {
  test('change nothing where both worked them in the same parts', () => {
    const shifts = fc.uniqueArray(
      fc.record({ shift: fc.integer({ min: 0, max: 5 }), n: fc.integer({ min: 1, max: 400 }) }),
      {
        selector: ({ shift }) => shift,
        minLength: 1,
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(
        shifts,
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (worked, factor, share) => {
          const base = worked.map(({ shift, n }) =>
            tally('base', 2, n, Math.round(n * share), { shift, expected: n * (0.01 + shift / 50) }),
          )
          const canary = worked.map(({ shift, n }) => tally('canary', 1, n * factor, 0, { shift }))
          const pasts = [past(2, 500, 10)]
          const [weighed, raw] = [[...base, ...canary], base].map((tallies) =>
            of(gateStations(rollout('confirmed', 'queued'), pasts, tallies, []), 2),
          )
          expect(weighed?.since[metric]?.n).toBeCloseTo(raw?.since[metric]?.n ?? Number.NaN, 6)
          expect(weighed?.since[metric]?.bad).toBeCloseTo(raw?.since[metric]?.bad ?? Number.NaN, 6)
          expect(weighed?.mix[metric]).toBeCloseTo(raw?.mix[metric] ?? Number.NaN, 9)
        },
      ),
    )
  })

  test('weigh a base station by the nights when the canary ran at night alone', () => {
    const stations = gateStations(
      rollout('confirmed', 'queued'),
      [past(2, 300, 6)],
      [
        tally('base', 2, 200, 4, { shift: 0, expected: 2 }),
        tally('base', 2, 100, 9, { shift: 2, expected: 4 }),
        tally('canary', 1, 30, 3, { shift: 2 }),
      ],
      [],
    )
    const logOdds = (rate: number) => Math.log(rate / (1 - rate))
    expect(of(stations, 2).since[metric]).toEqual({ n: 100, bad: 9 })
    expect(of(stations, 2).mix[metric]).toBeCloseTo(logOdds(0.04) - logOdds(0.02), 12)
    expect(of(stations, 1).since[metric]).toEqual({ n: 30, bad: 3 })
  })

  test('are those that are judged: a night that is not judged yet weighs nothing', () => {
    const tallies = [
      tally('base', 2, 50, 1, { shift: 0 }),
      tally('base', 2, 50, 9, { shift: 2 }),
      tally('canary', 1, 10, 0, { shift: 0 }),
      tally('canary', 1, 40, 9, { shift: 2 }),
    ]
    const late = [tally('canary', 1, 40, 9, { shift: 2 })]
    expect(of(gateStations(rollout('confirmed', 'queued'), [], tallies, late), 2).since[metric]).toEqual({
      n: 50,
      bad: 1,
    })
  })

  test('leave base as it is while the canary has counted nothing, and take each metric for itself', () => {
    const tallies = [
      tally('base', 2, 50, 1, { shift: 0 }),
      tally('base', 2, 50, 9, { shift: 2 }),
      tally('canary', 1, 10, 0, { metric: 'duration', shift: 2 }),
    ]
    expect(of(gateStations(rollout('confirmed', 'queued'), [], tallies, []), 2).since[metric]).toEqual({
      n: 100,
      bad: 10,
    })
  })

  test('leave a base station out that never worked them', () => {
    const tallies = [tally('base', 2, 50, 1, { shift: 0 }), tally('canary', 1, 10, 0, { shift: 2 })]
    expect(of(gateStations(rollout('confirmed', 'queued'), [], tallies, []), 2).since[metric]).toEqual({
      n: 0,
      bad: 0,
    })
  })
})

describe('the mix of a station', () => {
  test('is what its products and shifts let expect beside those of its own past', () => {
    const tallies = [tally('canary', 1, 10, 1, { expected: 0.9 }), tally('base', 2, 10, 0, { expected: 0.2 })]
    const stations = gateStations(
      rollout('confirmed', 'queued'),
      [past(1, 100, 2, 3), past(2, 100, 2, 2)],
      tallies,
      [],
    )
    expect(of(stations, 1).mix[metric]).toBeCloseTo(Math.log((0.09 / 0.91 / 0.03) * 0.97), 12)
    expect(of(stations, 2).mix[metric]).toBeCloseTo(0, 12)
  })

  test('is nothing without a past, and where no rates were frozen', () => {
    const tallies = [tally('canary', 1, 10, 1), tally('canary', 2, 10, 1, { expected: 0 })]
    const stations = gateStations(rollout('confirmed', 'confirmed'), [past(2, 50, 1, 0)], tallies, [])
    expect(stations.map(({ mix }) => mix[metric])).toEqual([0, 0])
  })
})

describe('a canary that runs at night alone, while nights have become worse everywhere', () => {
  /** Twelve stations that fail in 2 %, since the start in 12 % at night; station 1 is the canary and healthy. */
  function tallied(seed: number): { pasts: MetricPast[]; tallies: JudgedTally[] } {
    const random = seededRandom(seed)
    const bad = (n: number, rate: number) =>
      Array.from({ length: n }, random).filter((chance) => chance < rate).length
    const numbers = Array.from({ length: 12 }, (_, index) => index + 1)
    return {
      pasts: numbers.map((number) => past(number, 900, bad(900, 0.02))),
      tallies: numbers.flatMap((number) =>
        (number === 1 ? [2] : [0, 1, 2]).map((shift) =>
          tally(number === 1 ? 'canary' : 'base', number, 250, bad(250, shift === 2 ? 0.12 : 0.02), {
            shift,
          }),
        ),
      ),
    }
  }

  function isBreached(pasts: MetricPast[], tallies: JudgedTally[]): boolean {
    const statuses = pasts.map((_, index): Status => (index === 0 ? 'confirmed' : 'queued'))
    const judged = evaluateCanary(
      gateStations(rollout(...statuses), pasts, tallies, []).map(({ id, arm, past: before, since }) => ({
        id,
        arm,
        pastRuns: before[metric]?.n ?? 0,
        pastBad: before[metric]?.bad ?? 0,
        runs: since[metric]?.n ?? 0,
        bad: since[metric]?.bad ?? 0,
      })),
      { alpha: 0.02, marginRelative: 1.1 },
    )
    return judged.status === 'judged' && judged.breach
  }

  /** As if nobody knew of shifts. */
  function withoutShifts(tallies: JudgedTally[]): JudgedTally[] {
    const sum = (all: JudgedTally[], of: 'n' | 'bad') => all.reduce((total, each) => total + each[of], 0)
    return [...Map.groupBy(tallies, ({ stationId }) => stationId).values()].flatMap((own) =>
      own.slice(0, 1).map((first) => ({ ...first, shift: 0, n: sum(own, 'n'), bad: sum(own, 'bad') })),
    )
  }

  test('would be blamed for them, and is not when base is weighed by its nights', () => {
    const seen = Array.from({ length: 60 }, (_, seed) => tallied(seed + 1))
    const raw = seen.filter(({ pasts, tallies }) => isBreached(pasts, withoutShifts(tallies)))
    const weighed = seen.filter(({ pasts, tallies }) => isBreached(pasts, tallies))
    expect(raw.length).toBeGreaterThan(20)
    expect(weighed.length).toBeLessThanOrEqual(1)
  })
})
