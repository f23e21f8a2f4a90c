import { describe, expect, test } from 'vitest'
import { freeze, isFrozen } from '../../server/domain/freeze.ts'

const inventory = {
  from: '2026-03-27T18:00:00+01:00',
  to: '2026-03-29T22:00:00+02:00',
  why: 'inventory',
}
const faults = (what: Record<string, unknown>) =>
  freeze
    .safeParse({ ...inventory, ...what })
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)

describe('a freeze as it is written', () => {
  test('keeps the times as they came in, and is for every site', () => {
    expect(freeze.parse(inventory)).toEqual({ ...inventory, sites: [] })
    expect(freeze.parse({ ...inventory, to: null }).to).toBeNull()
  })

  test('tells who set it', () => {
    const by = { kind: 'person', id: 'U1', name: 'Ada', door: 'slack' }
    expect(freeze.parse({ ...inventory, by }).by).toEqual(by)
  })

  test.each([
    '2026-03-27T18:00:00',
    '2026-03-27',
    '2026-02-30T18:00:00Z',
    '2026-03-27T25:00:00Z',
    'tomorrow',
  ])('does not begin at "%s", and says what it takes', (from) => {
    expect(faults({ from })).toEqual([
      `from: expected a time with its zone such as 2026-12-24T18:00:00+01:00, got "${from}"`,
    ])
  })

  test('ends after it begins, by the clock of the world and not by the text', () => {
    const fault = [
      'to: a freeze ends after it begins: expected a time after "from", or null until it is lifted',
    ]
    expect(faults({ to: inventory.from })).toEqual(fault)
    expect(faults({ to: '2026-03-27T17:30:00+01:00' })).toEqual(fault)
    expect(faults({ to: '2026-03-27T18:30:00+02:00' })).toEqual(fault)
    expect(faults({ to: '2026-03-27T17:30:00Z' })).toBeUndefined()
  })

  test('says why, and nothing that is not asked for', () => {
    expect(faults({ why: '  ' })).toEqual(['why: expected why nothing may move, in a few words'])
    expect(faults({ site: 'Lyon' })?.[0]).toMatch(/site/)
  })
})

describe('a freeze holds', () => {
  const everywhere = freeze.parse(inventory)
  const lyon = freeze.parse({ ...inventory, sites: ['Lyon'] })
  const endless = freeze.parse({ ...inventory, to: null })

  test.each([
    ['not before it begins', everywhere, '2026-03-27T16:59:59.999Z', false],
    ['from its first moment', everywhere, '2026-03-27T17:00Z', true],
    ['to its last', everywhere, '2026-03-29T19:59:59.999Z', true],
    ['not from its end on', everywhere, '2026-03-29T20:00Z', false],
    ['until it is lifted', endless, '2099-01-01T00:00Z', true],
    ['without an end, still not before it begins', endless, '2026-03-27T16:59Z', false],
  ])('%s', (_, some, moment, expected) => {
    expect(isFrozen(some, ['Lyon'], Date.parse(moment))).toBe(expected)
  })

  test('for its sites, whatever the capitals, when any of them is asked for', () => {
    const during = Date.parse('2026-03-28T00:00Z')
    expect(isFrozen(lyon, ['Porto', 'LYON'], during)).toBe(true)
    expect(isFrozen(lyon, ['Porto'], during)).toBe(false)
    expect(isFrozen(lyon, [], during)).toBe(false)
    expect(isFrozen(everywhere, [], during)).toBe(true)
  })
})
