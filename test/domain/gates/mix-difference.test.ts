// Another mix of products and shifts than in the past: part of what is expected, and no fault of the build.
import { describe, expect, test } from 'vitest'
import type { GateStation } from '../../../server/domain/gates/question.ts'
import { judgedBy, line } from '../../support/gate-question.ts'

const key = 'first-pass yield'
/** The canary station makes what is worse by so many log-odds; base makes what it always made. */
const moved = (shift: number, stations: GateStation[] = line([[100, 8]])) =>
  stations.map((each) => (each.arm === 'canary' ? { ...each, mix: { [key]: shift } } : each))
const judged = (stations: GateStation[], gate: object = {}) =>
  judgedBy({ metric: key, alpha: 0.02, ...gate }, stations)

describe('a harder mix', () => {
  test('is expected to fail more, and the build is not blamed for it', () => {
    const same = judged(line([[100, 8]]))
    const harder = judged(moved(1.2))
    expect(harder.expectedRate).toBeGreaterThan((same.expectedRate ?? 1) * 2)
    expect(harder.logEvidence).toBeLessThan(same.logEvidence)
    expect([same.verdict, harder.verdict]).toEqual(['wait', 'pass'])
  })

  test('is shown as the part of the expected rate that it explains', () => {
    const same = judged(line([[100, 8]]))
    expect(same.mixDifference).toBe(null)
    const harder = judged(moved(1.2))
    expect(harder.mixDifference).toBeCloseTo((harder.expectedRate ?? 0) - (same.expectedRate ?? 0), 3)
    expect(judged(moved(-0.5)).mixDifference).toBeLessThan(0)
  })

  test('is weighted by what each station counted', () => {
    const two = line([
      [100, 2],
      [300, 6],
    ]).map((each, index) => (index === 1 ? { ...each, mix: { [key]: 1 } } : each))
    const both = judged(two.map((each, index) => (index === 0 ? { ...each, mix: { [key]: 1 } } : each)))
    const one = judged(two)
    expect(one.mixDifference).toBeGreaterThan(0)
    expect(one.mixDifference).toBeLessThan(both.mixDifference ?? 0)
    // Three quarters of the runs moved by 1: the expected rate, less what three quarters of 1 explain.
    const odds = (rate: number) => Math.log(rate / (1 - rate))
    const expected = one.expectedRate ?? 0
    expect(odds(expected) - odds(expected - (one.mixDifference ?? 0))).toBeCloseTo(0.75, 9)
  })

  test('of another counting changes nothing', () => {
    const other = line([[100, 8]]).map((each) => ({ ...each, mix: { 'error rate': 1.2 } }))
    expect(judged(other)).toEqual(judged(line([[100, 8]])))
  })

  test('is allowed for against the own past as well, and shown once something was counted', () => {
    expect(judged(moved(1.2), { comparison: 'own past' }).mixDifference).toBeGreaterThan(0.01)
    expect(judged(moved(1.2, line([[0, 0]]))).mixDifference).toBe(null)
  })
})
