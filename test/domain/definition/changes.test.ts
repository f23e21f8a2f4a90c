// Which changes are meant, accepted or neither, and which of them hold a rollout.
import { describe, expect, test } from 'vitest'
import {
  type BuildDefinition,
  buildChanges,
  nothingKnown,
} from '../../../server/domain/definition/changes.ts'
import { declared, rail, runOf, type Said, sleep, times } from '../../support/definition-builder.ts'
import { marek, noon } from '../../support/fixed-values.ts'

const usual: Said = { power: [rail(3.2)], rest: [sleep] }
const loose: Said = { power: [rail(3.1)], rest: [sleep] }
const base: BuildDefinition = { ...nothingKnown, learned: times(30, usual) }
const next = (part: Partial<BuildDefinition>): BuildDefinition => ({ ...nothingKnown, ...part })
const brief = (changes: ReturnType<typeof buildChanges>) =>
  changes.map(({ words, status, holds }) => `${words}: ${status}${holds ? ', holds' : ''}`)
const changesOf = (part: Partial<BuildDefinition>) => brief(buildChanges(base, next(part)))

describe('a changed limit', () => {
  test('that nobody declared holds', () => {
    expect(changesOf({ learned: runOf(loose) })).toEqual([
      'power / rail_3v3 lower 3.2 → 3.1 V: undeclared, holds',
    ])
  })

  test('is meant when the declared definition says the same', () => {
    expect(changesOf({ learned: runOf(loose), declared: declared(loose) })).toEqual([
      'power / rail_3v3 lower 3.2 → 3.1 V: declared',
    ])
  })

  test('is told with what was declared when that is something else', () => {
    expect(changesOf({ learned: runOf({ power: [rail(3)] }), declared: declared(loose) })).toEqual([
      'power / rail_3v3 lower 3.2 → 3 V (declared 3.1 … 3.4 V): undeclared, holds',
    ])
  })

  test.each(['power / rail_3v3', 'power / *', '* / rail_3v3', '*', ' power / rail_3v3 '])(
    'is meant when it is named as "%s"',
    (change) => {
      expect(changesOf({ learned: runOf(loose), declared: declared(null, [change]) })).toEqual([
        'power / rail_3v3 lower 3.2 → 3.1 V: declared',
      ])
    },
  )

  test.each(['power', 'rail_3v3', 'rest / *', 'POWER / *'])('is not meant by "%s"', (change) => {
    expect(changesOf({ learned: runOf(loose), declared: declared(null, [change]) })).toHaveLength(1)
    expect(changesOf({ learned: runOf(loose), declared: declared(null, [change]) })[0]).toContain('holds')
  })

  test('that was accepted holds no more, and a further one does', () => {
    const [change] = buildChanges(base, next({ learned: runOf(loose) }))
    const accepted = [
      { key: change?.key ?? '', words: change?.words ?? '', by: marek, at: noon, why: 'revision C' },
    ]
    expect(changesOf({ learned: runOf(loose), accepted })).toEqual([
      'power / rail_3v3 lower 3.2 → 3.1 V: accepted',
    ])
    expect(changesOf({ learned: runOf({ power: [rail(3)] }), accepted })).toEqual([
      'power / rail_3v3 lower 3.2 → 3 V: undeclared, holds',
    ])
  })
})

describe('a declaration', () => {
  test('is shown before the first run, and holds nothing', () => {
    const [change] = buildChanges(base, next({ declared: declared(loose) }))
    expect(change).toMatchObject({
      status: 'declared',
      isSeen: false,
      words: 'power / rail_3v3 lower 3.2 → 3.1 V',
    })
  })

  test('that the runs contradict is a finding, although they are as base is', () => {
    expect(changesOf({ learned: runOf(usual), declared: declared(loose) })).toEqual([
      'power / rail_3v3: declared 3.1 … 3.4 V, runs say 3.2 … 3.4 V: undeclared, holds',
    ])
    expect(changesOf({ learned: times(5, { power: [rail(3.2)] }), declared: declared(usual) })).toEqual([
      'rest / sleep_current is no longer measured (≤ 12 uA): undeclared, holds',
      'rest is gone: undeclared',
    ])
  })

  test('of less than base had says that the rest is meant to go', () => {
    const less: Said = { power: [rail(3.2)] }
    expect(changesOf({ learned: times(5, less), declared: declared(less) })).toEqual([
      'rest is gone: declared',
      'rest / sleep_current is no longer measured (≤ 12 uA): declared',
    ])
  })

  test('of base is what is compared with while base has not run', () => {
    const onPaper = { ...nothingKnown, declared: declared(usual) }
    expect(brief(buildChanges(onPaper, next({ learned: runOf(loose) })))).toEqual([
      'power / rail_3v3 lower 3.2 → 3.1 V: undeclared, holds',
    ])
  })
})

test('nothing is changed while nothing is known of one of the two', () => {
  expect(buildChanges(nothingKnown, next({ learned: runOf(loose) }))).toEqual([])
  expect(buildChanges(base, nothingKnown)).toEqual([])
})

test('what holds comes first, what was meant last', () => {
  const learned = times(5, { rest: [{ ...sleep, upper_limit: 20 }], power: [rail(3.1)], burn_in: [] })
  expect(changesOf({ learned, declared: declared(null, ['power / *']) })).toEqual([
    'rest / sleep_current upper 12 → 20 uA: undeclared, holds',
    'burn_in is new: undeclared',
    'power / rail_3v3 lower 3.2 → 3.1 V: declared',
  ])
})

test('each change has a short id of its own', () => {
  const changes = buildChanges(base, next({ learned: times(5, { burn_in: [], power: [rail(3.1)] }) }))
  expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length)
  for (const { id } of changes) expect(id).toMatch(/^[0-9a-f]{16}$/)
})
