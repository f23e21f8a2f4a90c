// What one build changes against another: found when it is proven, not when a product or a late phase was not seen yet.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diff } from '../../../server/domain/definition/diff.ts'
import { knownFromDeclaration, knownFromRuns } from '../../../server/domain/definition/known.ts'
import { type Learned, mergeLearned } from '../../../server/domain/definition/learned.ts'
import {
  declared,
  learned,
  type Measured,
  rail,
  runOf,
  type Said,
  sleep,
  times,
} from '../../support/definition-builder.ts'
import { anyRuns, anySaid } from './any-runs.ts'

const words = (before: Learned, after: Learned) => found(before, after).map((each) => each.words)
const found = (before: Learned, after: Learned) => diff(knownFromRuns(before), knownFromRuns(after))
const usual: Said = { power: [rail(3.2)], flash: [], rest: [sleep] }
const base = times(30, usual)

describe('no difference', () => {
  test('between a build and itself, whatever its runs were', () => {
    fc.assert(
      fc.property(anyRuns, (runs) => {
        expect(found(learned(...runs), learned(...runs))).toEqual([])
      }),
    )
    fc.assert(
      fc.property(anySaid, (said) => {
        const distinct = Object.fromEntries(
          Object.entries(said).map(([name, all]) => [
            name,
            [...new Map(all.map((each) => [each.name, each])).values()],
          ]),
        )
        const own = knownFromDeclaration(declared(distinct))
        expect(own && diff(own, own)).toEqual([])
      }),
    )
  })

  test('between any part of its runs and all of them, in what they are held to', () => {
    fc.assert(
      fc.property(anyRuns, fc.nat(), (runs, cut) => {
        const part = learned(...runs.slice(0, runs.length === 0 ? 0 : cut % runs.length))
        expect(
          found(mergeLearned(part, learned(...runs)), part).filter(({ kind }) => kind === 'limits'),
        ).toEqual([])
      }),
    )
  })

  test('because a run stopped before the later phases', () => {
    expect(
      words(base, learned(...Array.from({ length: 20 }, () => runOf({ power: [rail(3.2)] }, null, false)))),
    ).toEqual([])
  })
})

describe('limits', () => {
  test.each<[string, Measured, string, string]>([
    ['loosened', rail(3.1), 'lower 3.2 → 3.1 V', 'loosened'],
    ['tightened', rail(3.3), 'lower 3.2 → 3.3 V', 'tightened'],
    ['moved', rail(3.1, 3.3), '3.2 … 3.4 V → 3.1 … 3.3 V', 'moved'],
    [
      'gone on one side',
      { name: 'rail_3v3', units: 'V', upper_limit: 3.4 },
      'lower 3.2 V → none',
      'loosened',
    ],
    ['gone', { name: 'rail_3v3', units: 'V' }, '3.2 … 3.4 V → no limit', 'removed'],
    [
      'closed',
      { name: 'rail_3v3', units: 'V', upper_limit: 3.4, validators: ['x > 3.2'] },
      'lower 3.2 → 3.2 (excluded) V',
      'tightened',
    ],
    [
      'in words',
      { ...rail(3.2), validators: ["'x' matches /a/"] },
      "3.2 … 3.4 V → 3.2 … 3.4 V, 'x' matches /a/",
      'tightened',
    ],
  ])('%s are told at the first run, with old and new', (_, measurement, said, direction) => {
    expect(found(base, runOf({ power: [measurement] }))).toMatchObject([
      { kind: 'limits', words: `power / rail_3v3 ${said}`, direction, isLimit: true },
    ])
  })

  test('that are added are told too', () => {
    const before = times(30, { power: [{ name: 'rail_3v3', units: 'V' }] })
    expect(found(before, runOf({ power: [rail(3.2)] }))).toMatchObject([
      { words: 'power / rail_3v3 no limit → 3.2 … 3.4 V', direction: 'added', isLimit: true },
    ])
  })

  test('of a product are compared with those of the same product, and one that base never tested with nothing', () => {
    const before = learned(
      times(30, { power: [rail(3.2)] }, 'TX-100'),
      times(30, { power: [rail(3)] }, 'TX-300'),
    )
    const shows = (low: number, product: string) => runOf({ power: [rail(low)] }, product)
    expect(words(before, learned(shows(3.2, 'TX-100'), shows(3, 'TX-300'), shows(2, 'TX-900')))).toEqual([])
    expect(words(before, learned(shows(3.2, 'TX-100'), shows(3.2, 'TX-300')))).toEqual([
      'power / rail_3v3 lower 3 → 3.2 V, with TX-300 only',
    ])
  })

  test('are one change for all products, and the same change when a further product shows it', () => {
    const before = learned(...['A', 'B'].map((product) => times(30, { power: [rail(3.2)] }, product)))
    const first = found(before, runOf({ power: [rail(3.1)] }, 'A'))
    const all = found(before, learned(...['A', 'B'].map((product) => runOf({ power: [rail(3.1)] }, product))))
    expect(all).toMatchObject([{ words: 'power / rail_3v3 lower 3.2 → 3.1 V', products: ['A', 'B'] }])
    expect(all.map(({ key }) => key)).toEqual(first.map(({ key }) => key))
  })

  test('of a station of its own are a change, and become no other one when more runs come', () => {
    const mixed = learned(runOf({ power: [rail(3.1)] }), times(9, usual))
    const [change, ...others] = found(base, mixed)
    expect([change?.words, others]).toEqual(['power / rail_3v3 lower 3.2 → 3.1 V', []])
    expect(change?.key).toBe(found(base, runOf({ power: [rail(3.1)] }))[0]?.key)
    expect(words(mixed, base)).toEqual([])
  })

  test('that vary from run to run are compared by whether there is one', () => {
    const varied = (low: number) =>
      learned(...Array.from({ length: 10 }, (_, index) => runOf({ power: [rail(low + index / 100)] })))
    expect(words(varied(2), varied(3))).toEqual([])
    expect(words(varied(2), runOf({ power: [rail(1)] }))).toEqual([])
    expect(found(varied(2), runOf({ power: [{ name: 'rail_3v3', units: 'V' }] }))).toMatchObject([
      { words: 'power / rail_3v3 limits that vary from run to run → no limit', direction: 'removed' },
    ])
    const fixed = times(9, { power: [rail(3.2)] })
    expect(words(fixed, varied(3))).toEqual([
      'power / rail_3v3 3.2 … 3.4 V → limits that vary from run to run',
    ])
  })

  test('in other units are other limits', () => {
    expect(found(base, runOf({ power: [{ ...rail(3.2), units: 'mV' }] }))).toMatchObject([
      { kind: 'units', words: 'power / rail_3v3 units V → mV', isLimit: true },
    ])
    const free = (units: string) => times(9, { power: [{ name: 'count', units }] })
    expect(found(free('V'), free('mV'))).toMatchObject([{ kind: 'units', isLimit: false }])
  })
})

describe('what is gone', () => {
  const without: Said = { power: [rail(3.2)], flash: [], rest: [] }

  test('is told after five complete runs of each side, not before', () => {
    expect(words(base, times(4, without))).toEqual([])
    expect(found(base, times(5, without))).toMatchObject([
      {
        kind: 'measurement removed',
        words: 'rest / sleep_current is no longer measured (≤ 12 uA)',
        isLimit: true,
      },
    ])
    expect(words(times(4, usual), times(30, without))).toEqual([])
  })

  test('with its phase is told with every limit that went with it', () => {
    expect(words(base, times(5, { power: [rail(3.2)] }))).toEqual([
      'flash is gone',
      'rest is gone',
      'rest / sleep_current is no longer measured (≤ 12 uA)',
    ])
  })

  test('is missed later where it was there in some runs only', () => {
    const half = learned(times(15, usual), times(15, without))
    expect(words(half, times(9, without))).toEqual([])
    expect(words(half, times(10, without))).toHaveLength(1)
    const onFailure = learned(times(30, without), runOf(usual, null, false))
    expect(words(onFailure, times(99, without))).toEqual([])
  })

  test('of one product is told of that one, once it was tested often enough', () => {
    const before = learned(
      times(30, usual, 'TX-100'),
      times(30, usual, 'TX-300'),
      times(30, without, 'TX-500'),
    )
    const seldom = times(4, without, 'TX-300')
    const rest = [times(9, usual, 'TX-100'), times(9, without, 'TX-500')]
    expect(words(before, learned(...rest, seldom))).toEqual([])
    expect(words(before, learned(...rest, seldom, runOf(without, 'TX-300')))).toEqual([
      'rest / sleep_current is no longer measured (≤ 12 uA), with TX-300 only',
    ])
  })

  test('without a product is told where every product had it, and not where only some had', () => {
    const all = learned(times(30, usual, 'TX-100'), times(30, usual, 'TX-300'))
    expect(words(all, times(5, without))).toHaveLength(1)
    const some = learned(times(30, usual, 'TX-100'), times(30, without, 'TX-300'))
    expect(words(some, times(9, without))).toEqual([])
  })

  test('of a build that sends no phases any more is all of it', () => {
    expect(found(base, times(5, {})).filter(({ isLimit }) => isLimit)).toHaveLength(2)
  })

  test('is never concluded from runs of which only a part was kept', () => {
    expect(words(base, { ...times(9, without), isCut: true })).toEqual([])
  })
})

describe('new names', () => {
  test('of what is new are told, and hold nothing', () => {
    const after = times(1, {
      ...usual,
      burn_in: [],
      power: [rail(3.2), { name: 'rail_5v', units: 'V', lower_limit: 4.9 }],
    })
    expect(found(base, after)).toMatchObject([
      { kind: 'measurement added', words: 'power / rail_5v is new (≥ 4.9 V)', isLimit: false },
      { kind: 'phase added', words: 'burn_in is new', isLimit: false },
    ])
  })

  test('of a phase with the same measurements are a rename, with its limits still compared', () => {
    const after = times(5, { supply: [rail(3.1)], flash: [], rest: [sleep] })
    expect(words(base, after)).toEqual(['supply was power before', 'supply / rail_3v3 lower 3.2 → 3.1 V'])
    expect(words(base, times(4, { supply: [rail(3.1)], flash: [], rest: [sleep] }))).toEqual([
      'supply is new',
    ])
  })

  test('of a measurement with the same limits are a rename that holds nothing; with others it is gone', () => {
    const renamed = times(5, { ...usual, rest: [{ ...sleep, name: 'standby_current' }] })
    expect(found(base, renamed)).toMatchObject([
      {
        kind: 'measurement renamed',
        words: 'rest / standby_current was sleep_current before, with the same limits',
        isLimit: false,
      },
    ])
    const other = times(5, { ...usual, rest: [{ ...sleep, name: 'standby_current', upper_limit: 20 }] })
    expect(found(base, other).map(({ kind }) => kind)).toEqual(['measurement removed', 'measurement added'])
    const two = times(5, {
      ...usual,
      rest: [
        { ...sleep, name: 'one' },
        { ...sleep, name: 'two' },
      ],
    })
    expect(found(base, two).map(({ kind }) => kind)).toEqual([
      'measurement removed',
      'measurement added',
      'measurement added',
    ])
  })
})
