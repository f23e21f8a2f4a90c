// Which failed units are asked for, and how they are matched.
import { describe, expect, test } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import { chooseRetests, type FailedFirst, retestStations } from '../../server/domain/retest-choice.ts'
import type { RetestArm } from '../../server/domain/retests.ts'
import type { RolloutState, StationProgress } from '../../server/domain/rollout/state.ts'
import { noon } from '../support/fixed-values.ts'
import { station, stations } from '../support/plan-builder.ts'
import { bothInLyon } from '../support/retest-builder.ts'

function failed(arm: RetestArm, number: number, what: Partial<FailedFirst> = {}): FailedFirst {
  return {
    unit: `${arm}-${number}`,
    serial: `${arm}-${number}`.toUpperCase(),
    failedIn: arm,
    outcome: 'FAIL',
    failedAt: noon + number * minute,
    site: 'Lyon',
    product: null,
    attempts: 1,
    hasPassed: false,
    isListed: false,
    ...what,
  }
}
const three = (arm: RetestArm, what: Partial<FailedFirst> = {}) =>
  [1, 2, 3].map((number) => failed(arm, number, what))
const chosen = (all: FailedFirst[], count = 10, withErrors = false) =>
  chooseRetests(all, bothInLyon, { count, withErrors }).pairs.map(
    ({ canary, base }) => `${canary.unit} ${base.unit}`,
  )

test('as many of each arm, the newest first, no more than asked', () => {
  const all = [...three('canary'), ...three('base'), failed('base', 4)]
  expect(chosen(all)).toEqual(['canary-3 base-4', 'canary-2 base-3', 'canary-1 base-2'])
  expect(chosen(all, 2)).toEqual(['canary-3 base-4', 'canary-2 base-3'])
})

test('of a moment, the units come in the order of their names, however they were read', () => {
  const all = [3, 1, 2].flatMap((number) =>
    (['base', 'canary'] as const).map((arm) => failed(arm, number, { failedAt: noon })),
  )
  expect(chosen(all, 2)).toEqual(['canary-1 base-1', 'canary-2 base-2'])
})

describe('left out is a unit', () => {
  test.each([
    ['that has passed since', { hasPassed: true }],
    ['that was asked for before', { isListed: true }],
    ['of a site that has not both builds', { site: 'Munich' }],
    ['whose test broke', { outcome: 'ERROR' }],
    ['whose test took too long', { outcome: 'TIMEOUT' }],
  ] as const)('%s', (_, what) => {
    const all = [failed('canary', 9, what), failed('canary', 1), failed('base', 9, what), failed('base', 1)]
    expect(chosen(all)).toEqual(['canary-1 base-1'])
  })
})

describe('a pair is alike in', () => {
  test.each([
    ['product', { product: 'A' }],
    ['number of tests until now', { attempts: 2 }],
  ] as const)('%s', (_, what) => {
    expect(chosen([failed('canary', 1, what), failed('base', 1)])).toEqual([])
    expect(chosen([failed('canary', 1, what), failed('base', 2), failed('base', 1, what)])).toEqual([
      'canary-1 base-1',
    ])
  })

  test('site', () => {
    const everywhere = new Map([...bothInLyon, ['Munich', { canary: ['ST-11'], base: ['ST-12'] }]])
    const asked = { count: 10, withErrors: false }
    const apart = [failed('canary', 1, { site: 'Munich' }), failed('base', 1)]
    expect(chooseRetests(apart, everywhere, asked)).toMatchObject({
      pairs: [],
      available: { canary: 1, base: 1 },
    })
  })
})

describe('errors and timeouts', () => {
  test('are taken when asked for, after the units that failed', () => {
    const all = [
      failed('canary', 8, { outcome: 'ERROR' }),
      failed('base', 9, { outcome: 'TIMEOUT' }),
      failed('canary', 1),
      failed('base', 1),
    ]
    expect(chosen(all, 10, true)).toEqual(['canary-1 base-1', 'canary-8 base-9'])
  })

  test('are never matched with a FAIL', () => {
    expect(chosen([failed('canary', 1, { outcome: 'ERROR' }), failed('base', 1)], 10, true)).toEqual([])
  })

  test('are told where they were not asked for', () => {
    const all = [...three('canary', { outcome: 'ERROR' }), ...three('base')]
    expect(chooseRetests(all, bothInLyon, { count: 1, withErrors: false })).toEqual({
      pairs: [],
      available: { canary: 0, base: 3 },
      withErrors: { canary: 3, base: 3 },
    })
  })
})

describe('stations for retests', () => {
  const at = { since: noon }
  const where = (progress: Partial<StationProgress>[], sites: string[] = []) => {
    const state = {
      stations: Object.fromEntries(
        progress.map((each, index) => [station(index + 1), { trouble: null, waived: null, ...each }]),
      ),
    } as unknown as RolloutState
    const known = stations(progress.length + 1).map((id, index) => ({
      id,
      name: `ST-0${index + 1}`,
      site: sites[index] ?? 'Lyon',
    }))
    return Object.fromEntries(retestStations(state, known))
  }
  const confirmed = { status: 'confirmed', stageIndex: 0, ...at } as const
  const trouble = (kind: 'stale' | 'drifted' | 'failed') => ({ trouble: { kind, ...at, detail: '' } })

  test('are those that have shown the new build, and those that base was never taken from or that are back', () => {
    expect(
      where([
        confirmed,
        { status: 'queued' },
        { status: 'reverted', ...at },
        { status: 'pinned', stageIndex: 0, ...at },
        { status: 'pulled', stageIndex: 0, ...at },
        { status: 'reverting', ...at },
        { status: 'left' } as Partial<StationProgress>,
      ]),
    ).toEqual({ Lyon: { canary: ['ST-01'], base: ['ST-02', 'ST-03'] } })
  })

  test('are silent ones too, but none that runs a third build or could not load its own', () => {
    expect(
      where([
        { ...confirmed, ...trouble('stale') },
        { ...confirmed, ...trouble('drifted') },
        { status: 'queued', ...trouble('failed') },
        { status: 'queued' },
      ]),
    ).toEqual({ Lyon: { canary: ['ST-01'], base: ['ST-04'] } })
  })

  test('are of sites that have both builds', () => {
    expect(where([confirmed, { status: 'queued' }, confirmed], ['Lyon', 'Munich', 'Munich'])).toEqual({
      Munich: { canary: ['ST-03'], base: ['ST-02'] },
    })
  })
})
