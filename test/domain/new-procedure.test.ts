import { describe, expect, test } from 'vitest'
import { judgedBy, line } from '../support/gate-question.ts'

/** A procedure whose stations have no past: one canary station beside nine on base. */
const yieldGate = (canary: [number, number], base: [number, number], what = {}) =>
  judgedBy({ metric: 'first-pass yield', ...what }, line([canary], { past: [0, 0], base }))

describe('a procedure without a past', () => {
  test('is stopped when its canary fails every unit', () => {
    const gate = yieldGate([10, 10], [100, 2])
    expect(gate.verdict).toBe('severe')
    expect(gate.base).toMatchObject({ n: 900, bad: 18, stations: 9 })
    expect(gate.expectedRate).toBeLessThan(0.1)
  })

  test('or with a few runs of one, is judged against its concurrent base', () => {
    const early = line([[10, 10]], { past: [2, 2], base: [100, 2] })
    expect(judgedBy({ metric: 'first-pass yield' }, early)).toMatchObject({ verdict: 'severe' })
  })

  test('passes at the target when its canary is as good as its concurrent base', () => {
    expect(yieldGate([120, 2], [100, 2]).verdict).toBe('pass')
  })

  test('passes nothing on a few counts of base', () => {
    expect(yieldGate([120, 0], [3, 0])).toMatchObject({
      verdict: 'wait',
      headline: expect.stringContaining('only 27'),
    })
  })

  test('passes nothing where its own past is what it is to be held against', () => {
    const ownPast = yieldGate([300, 0], [100, 2], { comparison: 'own past' })
    expect(ownPast).toMatchObject({ verdict: 'wait', headline: expect.stringContaining('only 0 counts') })
  })
})
