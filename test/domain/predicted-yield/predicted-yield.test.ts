import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { knownFromDeclaration, knownFromRuns } from '../../../server/domain/definition/known.ts'
import { limitChanges } from '../../../server/domain/predicted-yield/limit-changes.ts'
import { measuredRun } from '../../../server/domain/predicted-yield/measured-run.ts'
import { predictedShareOf } from '../../../server/domain/predicted-yield/predicted-share.ts'
import { predicting } from '../../../server/domain/predicted-yield/predicted-yield.ts'
import type { RunOutcome } from '../../../server/domain/run.ts'
import { declared, rail, type Said, sleep, times } from '../../support/definition-builder.ts'
import { station } from '../../support/plan-builder.ts'
import { seededRandom } from '../statistics/tallies.ts'

const usual: Said = { power: [rail(3.2)], rest: [sleep] }
const base = knownFromRuns(times(30, usual))
const known = (said: Said) => {
  const found = knownFromDeclaration(declared(said))
  if (!found) throw new Error('nothing declared')
  return found
}
const changesTo = (said: Said) => limitChanges(base, known(said), true)

type Value = { value: unknown; outcome?: string; limits?: [number | null, number | null] }
const limitsOf = ([lower_limit, upper_limit]: [number | null, number | null]) => ({
  lower_limit,
  upper_limit,
})

/** A run as OpenHTF-like stations send it: rail, and after it sleep, where they were reached. */
function run(
  outcome: RunOutcome,
  railed: Value | null,
  slept: Value | null = { value: 8 },
  product: string | null = null,
) {
  const phase = (
    name: string,
    measurement: string,
    { value, outcome: said, limits }: Value,
    own: [number | null, number | null],
  ) => ({
    name,
    measurements: [
      { name: measurement, measured_value: value, outcome: said ?? 'PASS', ...limitsOf(limits ?? own) },
    ],
  })
  const phases = [
    ...(railed ? [phase('power', 'rail_3v3', railed, [3.2, 3.4])] : []),
    ...(slept ? [phase('rest', 'sleep_current', slept, [null, 12])] : []),
  ]
  return { outcome, product, measured: measuredRun({ phases }), stationId: station(1) }
}

function predict(said: Said, runs: ReturnType<typeof run>[]) {
  const prediction = predicting(base, changesTo(said), [{ id: station(1), name: 'ST-1', site: 'Lyon' }])
  for (const each of runs) prediction.take(each)
  return prediction.result()
}

const tight: Said = { power: [rail(3.25)], rest: [sleep] }
const wide: Said = { power: [rail(3.1)], rest: [sleep] }
const failing = (value: number): Value => ({ value, outcome: 'FAIL' })

describe('stored first attempts judged again', () => {
  test('fail newly where they passed between the old limit and the new one', () => {
    const found = predict(tight, [
      run('PASS', { value: 3.3 }),
      run('PASS', { value: 3.24 }),
      run('PASS', { value: 3.25 }),
      run('FAIL', failing(3.1), null),
    ])
    expect(found.fleet).toMatchObject({
      n: 4,
      passed: 3,
      newlyFail: 1,
      newlyPass: 0,
      unknown: 0,
      now: 0.75,
      predicted: 0.5,
    })
    expect(found.measurements).toMatchObject([
      {
        place: 'power / rail_3v3',
        words: '3.2 … 3.4 V → 3.25 … 3.4 V',
        measured: 4,
        newlyFail: 1,
        direction: 'tightened',
      },
    ])
  })

  test('pass newly where all that they failed would pass, and they were tested to their end', () => {
    const found = predict(wide, [run('PASS', { value: 3.3 }), run('FAIL', failing(3.15))])
    expect(found.fleet).toMatchObject({ newlyPass: 1, unknown: 0, now: 0.5, predicted: 1 })
  })

  test('are unknown where the test stopped at what would now pass: the bounds go from failing to passing', () => {
    const found = predict(wide, [
      ...Array.from({ length: 8 }, () => run('PASS', { value: 3.3 })),
      run('FAIL', failing(3.15), null),
      run('FAIL', failing(2), null),
    ])
    expect(found.fleet).toMatchObject({ n: 10, passed: 8, newlyPass: 0, unknown: 1, now: 0.8 })
    // 8 of the 9 that are known pass: the unknown one does so as often.
    expect(found.fleet.predicted).toBeCloseTo((8 + 8 / 9) / 10, 10)
    expect(found.fleet.lower).toBe(
      predictedShareOf({ n: 10, passed: 8, newlyFail: 0, newlyPass: 0, unknown: 0 }).lower,
    )
    expect(found.fleet.upper).toBe(
      predictedShareOf({ n: 10, passed: 9, newlyFail: 0, newlyPass: 0, unknown: 0 }).upper,
    )
    expect(found.measurements).toMatchObject([{ unknown: 1, newlyPass: 0 }])
  })

  test('stay failed by what does not change, by errors, and by what was never measured', () => {
    const found = predict(wide, [
      run('FAIL', { value: 3.3 }, failing(15)),
      run('FAIL', failing(3.15), failing(15)),
      run('ERROR', failing(3.15), null),
      run('TIMEOUT', null, null),
      run('FAIL', null, null),
    ])
    expect(found.fleet).toMatchObject({ n: 5, newlyPass: 0, unknown: 0, predicted: 0 })
  })

  test('say how often a number was missing, and why', () => {
    const found = predict(tight, [
      run('PASS', null),
      run('PASS', { value: 'n/a' }),
      run('PASS', { value: '3.21' }),
      run('FAIL', null, null),
    ])
    expect(found.measurements).toMatchObject([{ measured: 1, notRecorded: 2, notReached: 1, newlyFail: 1 }])
  })

  test('are not judged by limits that did not decide: a value outside of them that passed stays as it was', () => {
    expect(predict(tight, [run('PASS', { value: 3.0 })]).fleet).toMatchObject({ newlyFail: 0 })
  })

  test('are not judged by limits that were not those of the run: one that was outside of its own passed for another reason', () => {
    const own = { value: 3.24, limits: [3.28, 3.4] as [number, number] }
    expect(predict(tight, [run('PASS', own)]).fleet).toMatchObject({ newlyFail: 0 })
    expect(predict(tight, [run('PASS', { value: 3.24 })]).fleet).toMatchObject({ newlyFail: 1 })
  })

  test('come out as they did where no limit changes, whatever they measured', () => {
    const value = fc.option(fc.double({ min: 2.9, max: 3.6, noNaN: true }))
    const any = fc.record({
      outcome: fc.constantFrom<RunOutcome>('PASS', 'FAIL', 'ERROR', 'TIMEOUT'),
      rail: value,
      sleep: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
      said: fc.constantFrom('PASS', 'FAIL', 'UNSET'),
    })
    const same = fc.constantFrom<Said>(usual, { power: [rail(3.2)], rest: [sleep], added: [{ name: 'x' }] })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), same, (all, said) => {
        const runs = all.map((each) =>
          run(
            each.outcome,
            each.rail === null ? null : { value: each.rail, outcome: each.said },
            each.sleep === null ? null : { value: each.sleep, outcome: each.said },
          ),
        )
        const { fleet } = predict(said, runs)
        expect([fleet.newlyFail, fleet.newlyPass, fleet.unknown]).toEqual([0, 0, 0])
        expect(fleet.predicted).toBe(fleet.now)
        expect(fleet.change).toBe(all.length === 0 ? null : 0)
      }),
    )
  })

  test('add up: stations to the fleet, and tighter limits never let more pass', () => {
    const value = fc.double({ min: 3.1, max: 3.5, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.record({ rail: value, place: fc.integer({ min: 1, max: 3 }) }), { maxLength: 40 }),
        fc.double({ min: 3.2, max: 3.39, noNaN: true }),
        (all, lower) => {
          const stations = [1, 2, 3].map((place) => ({
            id: station(place),
            name: `ST-${place}`,
            site: 'Lyon',
          }))
          const prediction = predicting(base, changesTo({ power: [rail(lower)], rest: [sleep] }), stations)
          for (const each of all) {
            const passes = each.rail >= 3.2 && each.rail <= 3.4
            const railed = { value: each.rail, outcome: passes ? 'PASS' : 'FAIL' }
            const own = passes ? run('PASS', railed) : run('FAIL', railed, null)
            prediction.take({ ...own, stationId: station(each.place) })
          }
          const { fleet, stations: told } = prediction.result()
          for (const key of ['n', 'passed', 'newlyFail', 'newlyPass', 'unknown'] as const)
            expect(told.reduce((sum, each) => sum + each[key], 0)).toBe(fleet[key])
          expect(fleet.newlyPass + fleet.unknown).toBe(0)
          if (fleet.n > 0) expect(fleet.predicted).toBeLessThanOrEqual(fleet.now ?? 0)
        },
      ),
    )
  })
})

describe('the limits of a build', () => {
  test('that cannot be reckoned with are named, with why', () => {
    const { judged, unjudged } = changesTo({
      power: [
        { ...rail(3.2), validators: ["'x' matches /OK/"] },
        { name: 'new_one', upper_limit: 3 },
      ],
      rest: [{ ...sleep, upper_limit: 9, units: 'mA' }],
    })
    expect(judged).toEqual([])
    expect(unjudged).toEqual([
      { place: 'power / rail_3v3', why: "its limits are said in words that are no range: 'x' matches /OK/" },
      { place: 'power / new_one', why: 'the build it is compared with has not measured it' },
      { place: 'rest / sleep_current', why: 'its units are other ones: uA → mA' },
    ])
  })

  test('that are gone let pass what only they failed, where the declaration is whole', () => {
    const without: Said = { power: [rail(3.2)], rest: [] }
    expect(changesTo(without).judged).toMatchObject([{ place: 'rest / sleep_current', direction: 'removed' }])
    expect(limitChanges(base, known(without), false).judged).toEqual([])
    expect(predict(without, [run('FAIL', { value: 3.3 }, failing(15))]).fleet.newlyPass).toBe(1)
  })

  test('of one product judge the runs of that product alone', () => {
    const next = known(usual)
    const changes = limitChanges(
      knownFromRuns(times(30, usual, 'TX-1')),
      {
        ...next,
        phases: known({ power: [{ ...rail(3.3), ...{ part_numbers: ['TX-1'] } }], rest: [sleep] }).phases,
      },
      true,
    )
    const prediction = predicting(base, changes, [{ id: station(1), name: 'ST-1', site: 'Lyon' }])
    prediction.take(run('PASS', { value: 3.25 }, { value: 8 }, 'TX-1'))
    prediction.take(run('PASS', { value: 3.25 }, { value: 8 }, 'TX-2'))
    expect(prediction.result().fleet).toMatchObject({ n: 2, newlyFail: 1 })
  })
})

describe('the bounds', () => {
  test('of the change keep their promise: nineteen in twenty, also where units move both ways', () => {
    for (const [fails, passes, n] of [
      [0.03, 0.01, 400],
      [0.01, 0, 200],
      [0.1, 0.05, 100],
    ] as const) {
      const random = seededRandom(11)
      const rounds = 3000
      let held = 0
      for (let round = 0; round < rounds; round++) {
        let [newlyFail, newlyPass] = [0, 0]
        for (let unit = 0; unit < n; unit++) {
          const luck = random()
          if (luck < fails) newlyFail += 1
          else if (luck < fails + passes) newlyPass += 1
        }
        const share = predictedShareOf({ n, passed: n - newlyPass, newlyFail, newlyPass, unknown: 0 })
        if (share.changeLower <= passes - fails && passes - fails <= share.changeUpper) held += 1
      }
      expect(held / rounds).toBeGreaterThan(0.935)
    }
  })

  test('are all there is without a first attempt', () => {
    expect(predictedShareOf({ n: 0, passed: 0, newlyFail: 0, newlyPass: 0, unknown: 0 })).toMatchObject({
      now: null,
      predicted: null,
      lower: 0,
      upper: 1,
    })
  })
})
