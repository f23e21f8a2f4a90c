// What is read of a run, in the shapes that real clients send.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Limits, limitsOf } from '../../../server/domain/definition/limits.ts'
import { mostMeasurements, mostPhases, readRun } from '../../../server/domain/definition/read-run.ts'

const range = (lower: number | null, upper: number | null, rules: string[] = []): Limits => ({
  lower: lower === null ? null : { value: lower, strict: false },
  upper: upper === null ? null : { value: upper, strict: false },
  rules,
})

describe('a run shows its definition', () => {
  test('as a list of measurements with a lower and an upper limit', () => {
    const measurements = [
      {
        name: 'rail_3v3',
        outcome: 'FAIL',
        measured_value: 3.1,
        units: 'V',
        lower_limit: 3.2,
        upper_limit: 3.4,
      },
    ]
    expect(
      readRun({ phases: [{ name: 'power_rails', outcome: 'FAIL', measurements }, { name: 'flash' }] }),
    ).toEqual({
      phases: [
        { name: 'power_rails', measurements: [{ name: 'rail_3v3', units: 'V', limits: [range(3.2, 3.4)] }] },
        { name: 'flash', measurements: [] },
      ],
      isCut: false,
    })
  })

  test('as OpenHTF writes it: by name, with validators in words and units as an object, without its own first phase', () => {
    const { PASS: record } = JSON.parse(readFileSync('test/fixtures/runs/openhtf.json', 'utf8'))
    expect(readRun(record).phases).toEqual([
      { name: 'power_rails', measurements: [{ name: 'rail_3v3', units: 'V', limits: [range(3.2, 3.4)] }] },
      { name: 'flash', measurements: [] },
    ])
  })

  test('as steps of the days before phases', () => {
    const steps = [
      {
        name: 'rail',
        step_passed: true,
        measurement_value: 3.3,
        measurement_unit: 'V',
        limit_low: 3.2,
        limit_high: 3.4,
      },
      { name: 'flash', step_passed: true, measurement_value: null, limit_low: null, limit_high: null },
    ]
    expect(readRun({ steps }).phases).toEqual([
      { name: 'rail', measurements: [{ name: 'rail', units: 'V', limits: [range(3.2, 3.4)] }] },
      { name: 'flash', measurements: [] },
    ])
  })

  test('once, although a phase ran twice: with all limits it was held to', () => {
    const phase = (lower_limit: number) => ({ name: 'rf', measurements: [{ name: 'power', lower_limit }] })
    expect(readRun({ phases: [phase(1), phase(1), phase(2)] }).phases).toEqual([
      {
        name: 'rf',
        measurements: [{ name: 'power', units: null, limits: [range(1, null), range(2, null)] }],
      },
    ])
  })

  test.each([
    { detail: {} },
    { detail: { phases: 'none' } },
    { detail: { phases: [null, 7, { name: {} }, { name: '  ' }] } },
    { detail: { phases: { name: 'rf' } } },
  ])('and nothing where there is nothing to read: $detail', ({ detail }) => {
    expect(readRun(detail)).toEqual({ phases: [], isCut: false })
  })

  test('without what no database keeps, and names of any kind stay names', () => {
    const phases = JSON.parse(
      '[{"name":" a\\u0000b\\ud800 ","measurements":{"__proto__":{"lower_limit":1},"x":null}}]',
    )
    expect(readRun({ phases }).phases).toEqual([
      { name: 'ab\ufffd', measurements: [{ name: '__proto__', units: null, limits: [range(1, null)] }] },
    ])
  })

  test('up to a bound, and says when there was more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `n${index}` }))
    const phases = readRun({ phases: many(mostPhases + 1) })
    expect([phases.phases.length, phases.isCut]).toEqual([mostPhases, true])
    const measurements = readRun({ phases: [{ name: 'p', measurements: many(mostMeasurements + 1) }] })
    expect([measurements.phases[0]?.measurements.length, measurements.isCut]).toEqual([
      mostMeasurements,
      true,
    ])
    const fitting = readRun({ phases: [{ name: 'p', measurements: many(mostMeasurements) }] })
    expect(fitting.isCut).toBe(false)
  })
})

describe('limits are read', () => {
  test.each([
    ['3.2 <= x <= 3.4', range(3.2, 3.4)],
    ['-1e-3 <= x <= .5', range(-0.001, 0.5)],
    ['x >= 3', range(3, null)],
    ['3 <= x', range(3, null)],
    ['12 >= x', range(null, 12)],
    ['x <= 12', range(null, 12)],
    ['-inf <= x <= 12', range(null, 12)],
    ['x == 5', range(5, 5)],
    ["'x' is equal to '5'", range(5, 5)],
    ['in_range(1, 2)', range(1, 2)],
    ['in_range(min=1, max=2)', range(1, 2)],
    ["'x' is within 5% of 3.3.", range(3.135, 3.465)],
    ['1 <= x <= 2. Marginal: x < 1.2', range(1, 2)],
    ["'x' matches /^OK$/", range(null, null, ["'x' matches /^OK$/"])],
    ["'x' is equal to 'green'", range(null, null, ["'x' is equal to 'green'"])],
  ])('of the words "%s"', (words, limits) => {
    expect(limitsOf({ validators: [words] })).toEqual(limits)
  })

  test('with a bound that lies outside itself', () => {
    expect(limitsOf({ validators: ['0 < x <= 5'] })).toEqual({
      ...range(0, 5),
      lower: { value: 0, strict: true },
    })
    expect(limitsOf({ lower: 0, validators: ['x > 0'] }).lower).toEqual({ value: 0, strict: true })
  })

  test.each([
    [{ operator: '>=', expected_value: 3.2 }, range(3.2, null)],
    [{ operator: 'range', expected_value: [1, 2] }, range(1, 2)],
    [{ operator: 'matches', expected_value: '^OK' }, range(null, null, ['x matches "^OK"'])],
    [{ operator: '==', expected_value: 'green' }, range(null, null, ['x == "green"'])],
    [{ expression: 'x <= 3' }, range(null, 3)],
    [{ operator: '>=', expected_value: 3, is_decisive: false }, range(null, null, ['informs only: x >= 3'])],
    [7, range(null, null)],
  ])('of the object %o', (validator, limits) => {
    expect(limitsOf({ validators: [validator] })).toEqual(limits)
  })

  test('of several at once: the narrowest', () => {
    expect(limitsOf({ lower: '3', upper: null, validators: ['x <= 9', '1 <= x <= 5'] })).toEqual(range(3, 5))
  })

  test('the same whatever a number was reckoned from', () => {
    expect(limitsOf({ lower: 3.3 * 0.95, upper: -0 })).toEqual(limitsOf({ lower: 3.135, upper: 0 }))
  })
})
