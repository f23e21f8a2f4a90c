// The error budget: how many failures beyond the expected ones a rollout may cost.
import { describe, expect, test } from 'vitest'
import { judgedBy, line, type Pair, type What } from '../../support/gate-question.ts'

const judged = (counted: Pair, extraFailures = 20, what: What = {}) =>
  judgedBy({ metric: 'error budget', alpha: 0.01, extraFailures }, line([counted]), what)

describe('an error budget of 20 extra failures', () => {
  test('passes while little of it is spent', () => {
    const gate = judged([400, 8])
    expect(gate).toMatchObject({ verdict: 'pass', unit: 'first attempts' })
    expect(gate.headline).toMatch(
      /^error budget: 0 of 20 extra failures spent, about \d+ by the end of a next stage/,
    )
  })

  test('is breached once it is proven spent, not by its being reached', () => {
    expect(judged([400, 30]).verdict).not.toMatch(/breach|severe/)
    expect(judged([400, 70]).verdict).toMatch(/breach|severe/)
    expect(judged([400, 70], 1000).verdict).not.toMatch(/breach|severe/)
    expect(judged([400, 70]).headline).toMatch(/^error budget: 6\d of 20 extra failures spent/)
  })

  test('tolerates what is left of it, spread over what was counted', () => {
    const few = judged([200, 4])
    expect(few.toleratedRate).toBeCloseTo((few.expectedRate ?? 0) + 20 / 200, 12)
    const many = judged([4000, 80])
    expect(many.toleratedRate).toBeCloseTo((many.expectedRate ?? 0) + 20 / 4000, 12)
  })

  test('is for a person where the next stage would spend the rest of it', () => {
    // Six extra failures now, and ten times the stations next.
    expect(judged([400, 14]).verdict).toBe('pass')
    const next = judged([400, 14], 20, { growth: 10 })
    expect(next.verdict).toBe('grey')
    expect(next.headline).toMatch(/about [4-9]\d by the end of a next stage/)
    expect(judged([400, 14], 200, { growth: 10 }).verdict).toBe('pass')
  })

  test('counts what is spent already to what the next stage will spend', () => {
    expect(judged([400, 15], 10).verdict).toBe('grey')
    expect(judged([400, 15], 10).headline).toMatch(/7 of 10 extra failures spent, about 13 by the end/)
    expect(judged([400, 15], 15).verdict).toBe('pass')
  })

  test('is not held up by a build that is likely better, however much it grows', () => {
    expect(judged([400, 2], 20, { growth: 1000 }).verdict).toBe('pass')
    // As good as expected: that the mean of what it may be lies a little higher speaks of doubt, not of the build.
    expect(judged([100, 2], 20, { growth: 1000 })).toMatchObject({
      verdict: 'pass',
      headline: expect.stringContaining('about 161 by the end'),
    })
  })

  test('does not turn a wait or a breach into grey', () => {
    expect(judged([60, 2], 20, { growth: 1000 }).verdict).toBe('wait')
    expect(judged([400, 70], 20, { growth: 1000 }).verdict).toMatch(/breach|severe/)
  })

  test('has no data without a run', () => {
    expect(judged([0, 0])).toMatchObject({ verdict: 'no data', difference: null })
  })
})
