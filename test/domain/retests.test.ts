// What a matched pair shows, from the runs of its two units since it was asked for.
import { describe, expect, test } from 'vitest'
import { minute } from '../../server/domain/instant.ts'
import { isOpen, retestPairs } from '../../server/domain/retests.ts'
import { noon } from '../support/fixed-values.ts'
import { base, build, thirdBuild } from '../support/plan-builder.ts'
import { bothInLyon, builds, listed, pairOf, since } from '../support/retest-builder.ts'

const onBase = (outcome: 'PASS' | 'FAIL' | 'ERROR' | 'TIMEOUT') => [since(5, base, outcome)]
const onCanary = (outcome: 'PASS' | 'FAIL' | 'ERROR' | 'TIMEOUT') => [since(6, build, outcome)]

test.each([
  ['waiting', [], []],
  ['one done', onBase('PASS'), []],
  ['one done', [], onCanary('FAIL')],
  ['worse', onBase('PASS'), onCanary('FAIL')],
  ['worse', onBase('PASS'), onCanary('ERROR')],
  ['worse', onBase('PASS'), onCanary('TIMEOUT')],
  ['better', onBase('FAIL'), onCanary('PASS')],
  ['concordant', onBase('PASS'), onCanary('PASS')],
  ['concordant', onBase('FAIL'), onCanary('FAIL')],
  ['concordant', onBase('ERROR'), onCanary('FAIL')],
])('a pair is %s (case %#)', (state, canaryFailed, baseFailed) => {
  const pair = pairOf(canaryFailed, baseFailed)
  expect(pair.state).toBe(state)
  expect(isOpen(pair)).toBe(state === 'waiting' || state === 'one done')
})

describe('the first run on the other build decides', () => {
  test('later ones are shown and decide nothing', () => {
    const { state, canaryFailed } = pairOf(
      [since(5, base, 'FAIL'), since(9, base, 'PASS'), since(12, build, 'PASS')],
      onCanary('FAIL'),
    )
    expect(state).toBe('concordant')
    expect(canaryFailed.result).toEqual({
      outcome: 'FAIL',
      at: noon + 5 * minute,
      station: 'ST-02',
      version: 'v1',
    })
    expect(canaryFailed.notCounted.map(({ at, version }) => [(at - noon) / minute, version])).toEqual([
      [9, 'v1'],
      [12, 'v2'],
    ])
  })

  test.each([
    ['an aborted one', since(1, base, 'ABORTED')],
    ['one of a reference sample', since(1, base, 'FAIL', { isSample: true })],
    ['one that started before it was asked for', since(-1, base, 'FAIL', { receivedAt: noon + minute })],
    ['one that had come before, from a clock ahead', since(1, build, 'FAIL', { receivedAt: noon - minute })],
  ])('%s counts as none', (_, run) => {
    const { state, canaryFailed } = pairOf([run, ...onBase('PASS')], onCanary('FAIL'))
    expect(state).toBe('worse')
    expect(canaryFailed.notCounted).toEqual([])
  })

  test('one that began in the moment it was asked for counts', () => {
    expect(pairOf([since(0, base, 'PASS')], onCanary('FAIL')).state).toBe('worse')
  })
})

describe('a pair is void when a unit was first tested on', () => {
  test.each([
    ['the build that failed it', build],
    ['a third build', thirdBuild],
    ['nobody knows which build', null],
  ])('%s, and the run is shown', (_, on) => {
    const first = since(1, on, 'FAIL')
    for (const later of [[], onBase('PASS')]) {
      const pair = pairOf([first, ...later], onCanary('FAIL'))
      expect(pair.state).toBe('void')
      expect(isOpen(pair)).toBe(false)
      expect(pair.canaryFailed.result).toBeNull()
      expect(pair.canaryFailed.notCounted).toHaveLength(1 + later.length)
    }
  })

  test('the build that failed it, on either side', () => {
    expect(pairOf(onBase('PASS'), [since(1, base, 'FAIL'), ...onCanary('FAIL')]).state).toBe('void')
  })
})

test('each unit is to go to the stations of its site that have the other build', () => {
  const { canaryFailed, baseFailed } = pairOf([], [])
  expect(canaryFailed).toMatchObject({
    retestIn: 'base',
    retestVersion: 'v1',
    retestStations: ['ST-02', 'ST-03'],
  })
  expect(baseFailed).toMatchObject({ retestIn: 'canary', retestVersion: 'v2', retestStations: ['ST-01'] })
  const elsewhere = listed('canary', [], { failed: { ...listed('canary').failed, site: 'Munich' } })
  const [pair] = retestPairs([elsewhere, listed('base')], builds, bothInLyon)
  expect(pair?.canaryFailed.retestStations).toEqual([])
})

test('a pair without its other half is a fault of the record, and said so', () => {
  expect(() => retestPairs([listed('canary')], builds, bothInLyon)).toThrow(
    'retest pair 1: expected a unit of each arm',
  )
})
