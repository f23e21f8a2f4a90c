import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { measurementsOf } from '../../server/domain/measurements.ts'

const captured = (name: string): Record<string, Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`../fixtures/runs/${name}.json`, import.meta.url), 'utf8'))
const rail = { phase: 'power_rails', name: 'rail_3v3', units: 'V', lower: 3.2, upper: 3.4 }

test('the measurements of OpenHTF, of TofuPilot’s second client and of its first come out alike', () => {
  expect(measurementsOf(captured('openhtf').FAIL)).toEqual([{ ...rail, value: 3.1, outcome: 'FAIL' }])
  expect(measurementsOf(captured('bodies').withPhases)).toEqual([{ ...rail, value: 3.1, outcome: 'FAIL' }])
  const step = { name: 'rail_3v3', step_passed: false, measurement_value: 3.1, measurement_unit: 'V' }
  expect(measurementsOf({ steps: [{ ...step, limit_low: 3.2, limit_high: 3.4 }, { name: 'boot' }] })).toEqual(
    [{ ...rail, phase: 'rail_3v3', value: 3.1, outcome: 'FAIL' }],
  )
})

test.each([
  [['3.2 <= x <= 3.4'], 3.2, 3.4],
  [['x <= 3.4'], null, 3.4],
  [['-1e-3 <= x'], -0.001, null],
  [['x == 5'], 5, 5],
  [["'x' is within 10% of 50. Marginal: 5% of 50"], 45, 55],
  [['3.2 <= x', 'x <= 3.4', '3.3 <= x'], 3.3, 3.4],
  [["'x' matches /^A1$/"], null, null],
  [
    [
      { operator: '>=', expected_value: 3.2 },
      { operator: '<', expected_value: 3.4 },
    ],
    3.2,
    3.4,
  ],
  [[{ operator: 'range', expected_value: [3.2, 3.4] }], 3.2, 3.4],
  [[{ operator: '==', expected_value: 'ok' }, null, 7], null, null],
])('limits are read from the validators %j', (validators, lower, upper) => {
  const detail = { phases: [{ name: 'p', measurements: [{ name: 'v', measured_value: 1, validators }] }] }
  expect(measurementsOf(detail)).toMatchObject([{ lower, upper }])
})

test('values of every kind are kept as they were sent, and what was not measured is null', () => {
  const values = [3.3, 'A1', false, [[0, 1]], null, undefined]
  const measurements = values.map((measured_value, place) => ({ name: `v${place}`, measured_value }))
  expect(measurementsOf({ phases: [{ measurements }] }).map(({ value }) => value)).toEqual([
    3.3,
    'A1',
    false,
    [[0, 1]],
    null,
    null,
  ])
})

test('of any JSON some measurements are read', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      expect(Array.isArray(measurementsOf(given))).toBe(true)
      expect(Array.isArray(measurementsOf({ phases: [{ measurements: given }] }))).toBe(true)
    }),
  )
})
