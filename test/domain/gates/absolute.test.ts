// Gates against a set limit: an objective, and how fast its failures may burn.
import { describe, expect, test } from 'vitest'
import { accepted, judgedBy, line, type Pair, together, type What } from '../../support/gate-question.ts'

/** 99 % are to be good: one of a hundred may be bad. */
const objective = {
  metric: 'first-pass yield',
  alpha: 0.01,
  comparison: 'absolute',
  objective: 0.99,
} as const
const judged = (counted: Pair, gate: object = {}, what: What = {}) =>
  judgedBy({ ...objective, ...gate }, line([counted]), what)

describe('an objective of 99 %', () => {
  test('is breached by a proof that failures burn more than twice as fast', () => {
    const gate = judged([300, 18])
    expect(gate).toMatchObject({ verdict: 'breach', comparison: 'absolute' })
    expect(gate.toleratedRate).toBeCloseTo(0.02, 12)
    expect(gate.logEvidence).toBeGreaterThanOrEqual(Math.log(100))
    expect(gate.expectedRate).toBeCloseTo(0.01, 12)
    expect(gate.difference).toBeCloseTo(0.05, 12)
    expect(gate.headline).toBe(
      'first-pass yield: 6.0 % bad on 300 first attempts, 6.0 times what 99.00 % allows (limit 2 times)',
    )
  })

  test('is breached severely by a proof of three times the limit: six times what is allowed', () => {
    expect(judged([300, 45]).verdict).toBe('severe')
    expect(judged([3, 3]).verdict).toBe('breach')
    expect(judged([4, 4]).verdict).toBe('severe')
    expect(judged([2, 2], { alpha: 0.05 })).toMatchObject({ verdict: 'wait' })
  })

  test('may name another burn', () => {
    expect(judged([300, 18], { burn: 6 }).verdict).toBe('pass')
    expect(judged([300, 18], { burn: 6 }).toleratedRate).toBeCloseTo(0.06, 12)
    expect(judged([300, 60], { burn: 6 }).verdict).toBe('breach')
    expect(judged([300, 120], { burn: 6 }).verdict).toBe('severe')
    expect(judged([300, 60]).verdict).toBe('severe')
  })

  test('shows bounds that agree with the verdict', () => {
    for (const bad of [4, 8, 10, 12, 15, 30]) {
      const gate = judged([300, bad])
      const above = (gate.expectedRate ?? 0) + (gate.differenceLow ?? 0) > (gate.toleratedRate ?? 0)
      expect([bad, above]).toEqual([bad, gate.logEvidence >= gate.logThreshold])
    }
    expect(judged([300, 4]).differenceHigh).toBeGreaterThan(judged([300, 4]).difference ?? 1)
  })

  test('asks nothing of base: neither its past nor what it does now', () => {
    const alone = judgedBy(objective, line([[300, 18]], { past: [0, 0], bases: 0 }))
    const bad = judgedBy(objective, line([[300, 18]], { past: [1000, 300], base: [100, 40] }))
    expect(alone.logEvidence).toBe(bad.logEvidence)
    expect(bad.verdict).toBe('breach')
    expect(judgedBy(objective, line([[300, 2]], { past: [0, 0], base: [0, 0] })).verdict).toBe('pass')
  })

  test('passes at the target while nothing speaks against it, and before by a proof', () => {
    expect(judged([99, 0]).verdict).toBe('wait')
    expect(judged([100, 1]).verdict).toBe('pass')
    expect(judged([100, 4]).verdict).toBe('wait')
    expect(judged([100, 4], {}, { overdue: true }).verdict).toBe('grey')
    expect(judged([100, 1], {}, { passes: 'proven' }).verdict).toBe('wait')
    expect(judged([600, 0], {}, { passes: 'proven' }).verdict).toBe('pass')
    expect(judged([600, 0], {}, { target: 10_000 }).verdict).toBe('pass')
  })

  test('has no data without a run, and shows its limit all the same', () => {
    expect(judged([0, 0])).toMatchObject({ verdict: 'no data', difference: null })
    expect(judged([0, 0]).toleratedRate).toBeCloseTo(0.02, 12)
  })

  test('says how many more counts it takes', () => {
    expect(judged([40, 0]).countsToVerdict).toBe(60)
    expect(judged([100, 4]).countsToVerdict).toBeGreaterThan(100)
    expect(judged([300, 30]).countsToVerdict).toBe(0)
  })

  test('goes on from accepted evidence, and stays a breach while it is open', () => {
    const { logEvidence } = judged([300, 18])
    const after = judged([300, 18], {}, { accepted: accepted(logEvidence) })
    expect(after.logEvidence).toBeCloseTo(0, 9)
    expect(after.verdict).toBe('wait')
    const open: What = { open: [{ gate: 'first-pass yield', severity: 'breach' }] }
    expect(judged([300, 12]).verdict).toBe('wait')
    expect(judged([300, 12], {}, open).verdict).toBe('breach')
    expect(judged([300, 9], {}, open).verdict).toBe('pass')
  })
})

test('an objective may be set for what runs report', () => {
  const gate = {
    metric: 'custom',
    name: 'drops',
    statistic: 'rate',
    read: 'drops',
    alpha: 0.01,
    comparison: 'absolute',
    objective: 0.9,
  } as const
  expect(judgedBy(gate, line([[100, 50]], { key: 'drops' }))).toMatchObject({
    verdict: 'breach',
    unit: 'runs that report it',
  })
  const silent = together(line([[0, 0]], { key: 'drops', past: [0, 0], base: [0, 0] }), line([[40, 0]]))
  expect(judgedBy(gate, silent)).toMatchObject({ verdict: 'no data' })
})
