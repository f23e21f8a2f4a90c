import { describe, expect, test } from 'vitest'
import { judgedBy, line, type Pair, type What } from '../../support/gate-question.ts'

/** One canary station against nine of base, all at 98 %: two of a hundred are bad. */
const judged = (gate: object, counted: Pair, what: What = {}) =>
  judgedBy({ metric: 'first-pass yield', alpha: 0.02, ...gate }, line([counted]), what)

describe('what a yield gate tolerates', () => {
  test('is a tenth more bad units than expected, unless it says more', () => {
    const usual = judged({}, [200, 4])
    expect(usual.toleratedRate).toBeCloseTo((usual.expectedRate ?? 0) * 1.1, 12)
    const twice = judged({ marginRelative: 2 }, [200, 4])
    expect(twice.toleratedRate).toBeCloseTo((twice.expectedRate ?? 0) * 2, 12)
  })

  test('is the larger of the part and the points', () => {
    const points = judged({ marginPoints: 0.02 }, [200, 4])
    expect(points.toleratedRate).toBeCloseTo((points.expectedRate ?? 0) + 0.02, 12)
    const few = judged({ marginPoints: 0.0001 }, [200, 4])
    expect(few.toleratedRate).toBeCloseTo((few.expectedRate ?? 0) * 1.1, 12)
  })

  test('takes that much more to be breached', () => {
    expect(judged({}, [200, 16]).verdict).toBe('severe')
    const generous = judged({ marginPoints: 0.05 }, [200, 16])
    expect(generous.verdict).not.toMatch(/breach|severe/)
    expect(generous.logEvidence).toBeLessThan(0)
  })

  test('is not unacceptable: what lies within passes at the target', () => {
    const tolerant = { marginPoints: 0.06 }
    expect(judged(tolerant, [400, 20]).verdict).toBe('pass')
    expect(judged({}, [400, 20]).verdict).not.toBe('pass')
    expect(judged({ marginRelative: 4 }, [400, 20]).verdict).toBe('pass')
  })

  test('never reaches beyond every unit', () => {
    const all = judgedBy(
      { metric: 'first-pass yield', marginRelative: 10 },
      line([[50, 45]], { past: [1000, 900], base: [100, 90] }),
    )
    expect(all.toleratedRate).toBe(1)
    expect(all.verdict).not.toMatch(/breach|severe/)
  })
})

describe('a severe breach of yield', () => {
  test('is twice the expected bad rate, unless the gate says more', () => {
    expect(judged({}, [200, 16])).toMatchObject({ verdict: 'severe' })
    expect(judged({ severeRelative: 5 }, [200, 16]).verdict).toBe('breach')
    expect(judged({ severePoints: 0.08 }, [200, 16]).verdict).toBe('breach')
    expect(judged({ severePoints: 0.08 }, [200, 40]).verdict).toBe('severe')
    // Of the two the larger one: points that are less than a doubling change nothing.
    expect(judged({ severePoints: 0.001 }, [200, 16]).probabilitySevere).toBe(
      judged({}, [200, 16]).probabilitySevere,
    )
  })

  test('lies twice as far as what is tolerated at least: else no breach of a generous gate was just one', () => {
    const points = { marginPoints: 0.03 }
    expect(judged(points, [400, 48]).verdict).toBe('breach')
    expect(judged(points, [400, 80]).verdict).toBe('severe')
    const relative = { marginRelative: 2.5 }
    expect(judged(relative, [400, 48]).verdict).toBe('breach')
    expect(judged(relative, [400, 80]).verdict).toBe('severe')
  })
})

describe('a yield that is declared to fall by 0.8 points', () => {
  const declared: What = { expectedYieldChange: -0.008 }

  test('is tolerated so far', () => {
    const gate = judged({}, [1000, 28], declared)
    expect(gate.toleratedRate).toBeCloseTo((gate.expectedRate ?? 0) + 0.008, 12)
    expect(gate.verdict).toBe('pass')
    expect(gate.logEvidence).toBeLessThan(judged({}, [1000, 28]).logEvidence)
  })

  test('comes on top of the points that are tolerated anyhow', () => {
    const gate = judged({ marginPoints: 0.005 }, [1000, 28], declared)
    expect(gate.toleratedRate).toBeCloseTo((gate.expectedRate ?? 0) + 0.013, 12)
  })

  test('is still breached by more, and is severe only by much more', () => {
    expect(judged({}, [1000, 80], declared).verdict).toBe('severe')
    const five: What = { expectedYieldChange: -0.05 }
    expect(judged({}, [400, 28], five).verdict).toBe('pass')
    expect(judged({}, [400, 64], five).verdict).toBe('breach')
    expect(judged({}, [400, 120], five).verdict).toBe('severe')
  })

  test('changes nothing for other gates', () => {
    const errors = line([[300, 12]], { key: 'error rate' })
    const gate = { metric: 'error rate', alpha: 0.01 } as const
    expect(judgedBy(gate, errors, declared)).toEqual(judgedBy(gate, errors))
  })
})

test('a yield that is declared to rise makes nothing stricter', () => {
  const rising: What = { expectedYieldChange: 0.01 }
  for (const gate of [{}, { marginPoints: 0.02 }])
    expect(judged(gate, [200, 8], rising)).toEqual(judged(gate, [200, 8]))
})
