// A gate on units that both builds tested: the new one in shadow, base in production.
import { describe, expect, test } from 'vitest'
import { isCounted } from '../../../server/domain/gates/gate.ts'
import type { ShadowCounts } from '../../../server/domain/shadow-summary.ts'
import { accepted, conditionOf, type GateInput, gatesOf, type What } from '../../support/gate-question.ts'

const gate = { metric: 'shadow pairs', alpha: 0.01 } as const
const counts = (pairs: number, worse: number, better = 0, neither = 0): ShadowCounts => ({
  ...{ pairs, worse, better, neither, void: 0, stations: 2 },
})
const judged = (shadowPairs: ShadowCounts, what: What = {}, more: Partial<GateInput> = {}) =>
  conditionOf({ ...gate, ...more } as GateInput, { shadowPairs }, what)

describe('a gate on shadow pairs', () => {
  test('takes its part of the alarm budget, as any gate on counts', () => {
    const both = gatesOf({ metric: 'first-pass yield' }, { metric: 'shadow pairs' })
    expect(both.filter(isCounted).map(({ alpha }) => Number(alpha.toFixed(10)))).toEqual([0.03, 0.02])
  })

  test('has no data before a unit was tested by both builds, and waits for its pairs', () => {
    expect(judged(counts(0, 0))).toMatchObject({ verdict: 'no data', unit: 'pairs' })
    expect(judged(counts(29, 0))).toMatchObject({ verdict: 'wait', countsToVerdict: 1 })
    expect(judged(counts(30, 0)).verdict).toBe('pass')
    expect(judged(counts(10, 0), {}, { minimumPairs: 10 }).verdict).toBe('pass')
  })

  test('is breached at the evidence of the sign test, with three pairs at the least', () => {
    // 10 of 10: (2^11 − 1) / 11 = 186; 8 of 8: 511 / 9 = 57.
    const breached = judged(counts(60, 10, 0, 20))
    expect(breached).toMatchObject({
      verdict: 'breach',
      canary: { n: 60, bad: 30, stations: 2 },
      base: { n: 60, bad: 20 },
      headline:
        'shadow pairs: the new build alone failed 10 of 60 units that both builds tested, base alone 0',
    })
    expect(Math.exp(breached.logEvidence)).toBeCloseTo(2047 / 11, 6)
    expect(judged(counts(60, 8, 0, 20)).verdict).toBe('wait')
  })

  test('is severe where the new build fails twice as many as base, at least', () => {
    expect(judged(counts(60, 20, 0, 1)).verdict).toBe('severe')
    expect(judged(counts(200, 20, 0, 60)).verdict).toBe('breach')
  })

  test('shows the difference with bounds that its verdict agrees with', () => {
    const { difference, differenceLow, differenceHigh } = judged(counts(60, 10))
    expect(difference).toBeCloseTo(10 / 60, 12)
    expect(differenceLow).toBeGreaterThan(0)
    expect(differenceHigh).toBeLessThan(1)
    expect(judged(counts(60, 8)).differenceLow).toBeLessThan(0)
  })

  test('tolerates a drop that was declared, and the points it is given', () => {
    expect(judged(counts(200, 12)).verdict).toBe('severe')
    expect(judged(counts(200, 12), { expectedYieldChange: -0.06 }).verdict).not.toMatch(/breach|severe/)
    expect(judged(counts(200, 12), {}, { marginPoints: 0.06 }).verdict).not.toMatch(/breach|severe/)
    // Of a gain that was declared nothing is asked here.
    expect(judged(counts(200, 12), { expectedYieldChange: 0.06 }).verdict).toBe('severe')
  })

  test('goes on from evidence that was accepted', () => {
    const { logEvidence } = judged(counts(60, 10, 0, 20))
    const afterwards = accepted(logEvidence, 'shadow pairs')
    expect(judged(counts(60, 10, 0, 20), { accepted: afterwards }).verdict).not.toMatch(/breach|severe/)
    expect(judged(counts(90, 25, 0, 20), { accepted: afterwards }).verdict).toMatch(/breach|severe/)
  })

  test('proves a pass where a plan asks for proof', () => {
    expect(judged(counts(100, 0), { passes: 'proven' }).verdict).toBe('wait')
    expect(judged(counts(1000, 0), { passes: 'proven' }).verdict).toBe('pass')
  })

  test('is not blind when the canary stations are silent: the pairs come from elsewhere', () => {
    const throughput = { canaryRuns: 0, baseRuns: 500, canaryPastRuns: 100, basePastRuns: 500 }
    expect(conditionOf(gate, { shadowPairs: counts(40, 0), throughput }).verdict).toBe('pass')
  })
})
