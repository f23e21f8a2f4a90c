// What runs have shown comes to the same in every order, and a run teaches only what is new.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { knownFromRuns } from '../../../server/domain/definition/known.ts'
import { mergeLearned, nothingLearned } from '../../../server/domain/definition/learned.ts'
import { hasLearned, lessonOf, teaches, withLesson } from '../../../server/domain/definition/learning.ts'
import { mostMeasurements, readRun } from '../../../server/domain/definition/read-run.ts'
import { learned, phasesOf, rail, runOf, type Said, sleep, times } from '../../support/definition-builder.ts'
import { anyRuns } from './any-runs.ts'

describe('merging', () => {
  test('is the same in every order and grouping, with limits that vary from run to run as well', () => {
    fc.assert(
      fc.property(
        anyRuns.chain((runs) =>
          fc.tuple(fc.constant(runs), fc.shuffledSubarray(runs, { minLength: runs.length })),
        ),
        fc.nat(),
        ([runs, others], cut) => {
          const at = runs.length === 0 ? 0 : cut % runs.length
          expect(learned(...others)).toEqual(learned(...runs))
          expect(mergeLearned(learned(...runs.slice(at)), learned(...runs.slice(0, at)))).toEqual(
            learned(...runs),
          )
        },
      ),
    )
  })

  test('keeps limits by product where products have their own', () => {
    const both = learned(runOf({ power: [rail(3.2)] }, 'TX-100'), runOf({ power: [rail(3.1)] }, 'TX-300'))
    expect(both.phases[0]?.measurements[0]?.limits).toMatchObject([
      { limits: { lower: { value: 3.1 } }, products: ['TX-300'] },
      { limits: { lower: { value: 3.2 } }, products: ['TX-100'] },
    ])
  })

  test('of limits that are others for each unit keeps only that there always is one', () => {
    const runs = Array.from({ length: 7 }, (_, index) => runOf({ power: [rail(3 + index / 100)] }))
    const measured = learned(...runs, runOf({ power: [{ name: 'rail_3v3', upper_limit: 3.4 }] })).phases[0]
      ?.measurements[0]
    expect(measured?.limits).toEqual([])
    expect(measured?.varies).toEqual([{ product: '', lower: false, upper: true, rules: false }])
  })

  test('puts phases where they mostly are', () => {
    const short: Said = { flash: [], rf: [] }
    const full: Said = { power: [], flash: [], rf: [], sleep: [] }
    const names = knownFromRuns(learned(runOf(short), runOf(full), runOf(full))).phases.map(
      ({ name }) => name,
    )
    expect(names).toEqual(['power', 'flash', 'rf', 'sleep'])
  })
})

describe('a run teaches', () => {
  const said: Said = { power: [rail(3.2)], rest: [sleep] }
  const run = (what: Said) => readRun({ phases: phasesOf(what) })
  const enough = times(30, said, 'TX-100')

  test('while its product has been seen too seldom, or never passed', () => {
    expect(teaches(lessonOf(nothingLearned), run(said), 'TX-100')).toBe(true)
    expect(teaches(lessonOf(times(29, said, 'TX-100')), run(said), 'TX-100')).toBe(true)
    expect(teaches(lessonOf(enough), run(said), 'TX-100')).toBe(false)
    expect(teaches(lessonOf(enough), run(said), 'TX-200')).toBe(true)
    const failing = learned(...Array.from({ length: 40 }, () => runOf(said, 'TX-100', false)))
    expect(teaches(lessonOf(failing), run(said), 'TX-100')).toBe(true)
    expect([hasLearned(enough), hasLearned(failing), hasLearned(null)]).toEqual([true, false, false])
  })

  test.each<[string, Said]>([
    ['another limit', { power: [rail(3.1)], rest: [sleep] }],
    ['other units', { power: [{ ...rail(3.2), units: 'mV' }] }],
    ['a further measurement', { power: [rail(3.2), { name: 'rail_5v' }] }],
    ['a further phase', { ...said, burn_in: [] }],
  ])('later too, when it shows %s', (_, what) => {
    expect(teaches(lessonOf(enough), run(what), 'TX-100')).toBe(true)
  })

  test('nothing with a further one of the limits that vary anyway, or with less than was seen', () => {
    const runs = Array.from({ length: 30 }, (_, index) => runOf({ power: [rail(3 + index / 100)] }))
    expect(teaches(lessonOf(learned(...runs)), run({ power: [rail(2.5)] }), null)).toBe(false)
    expect(teaches(lessonOf(enough), run({ power: [] }), 'TX-100')).toBe(false)
  })

  test('nothing more once a build has had its share of lessons, or too many products', () => {
    const news = run({ power: [rail(1)] })
    const worn = { ...enough, seen: [{ product: 'TX-100', runs: 3000, passes: 3000 }] }
    expect(teaches(lessonOf(worn), news, 'TX-100')).toBe(false)
    const products = learned(...Array.from({ length: 50 }, (_, index) => runOf(said, `P${index}`)))
    expect(teaches(lessonOf(products), news, 'P50')).toBe(false)
    expect(teaches(lessonOf(products), news, 'P49')).toBe(true)
  })

  test('only as much as is kept: names that are new in every run fill no database', () => {
    const full = runOf({ p: Array.from({ length: mostMeasurements }, (_, index) => ({ name: `m${index}` })) })
    const after = withLesson(full, runOf({ p: [{ name: 'one too many' }] }))
    expect(after).toEqual({ ...full, seen: [{ product: '', runs: 2, passes: 2 }], isCut: true })
    expect(withLesson(full, runOf({ p: [{ name: 'm1' }] })).isCut).toBe(false)
  })
})
