// What is kept of a question is all that its verdict needs: computed again from it, every number comes out the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../../../server/domain/canonical.ts'
import { engine, evaluateGates } from '../../../server/domain/gates/evaluate-gates.ts'
import { keptQuestion, questionOf, roundedStations } from '../../../server/domain/gates/kept-question.ts'
import type { GateQuestion } from '../../../server/domain/gates/question.ts'
import type { Verdict } from '../../../server/domain/gates/verdict.ts'
import { recomputed } from '../../../server/domain/recomputed.ts'
import { line, question } from '../../support/gate-question.ts'
import { t0 } from '../../support/rollout-story.ts'
import { anyQuestion } from './any-question.ts'

/** Through the text that is stored, and back. */
const again = (asked: GateQuestion) => questionOf(JSON.parse(canonical(keptQuestion(asked))))
const stored = (verdict: Verdict): Verdict => JSON.parse(canonical(verdict))
const usual = { ...question(line([[60, 12]])), previous: null }

describe('a question that was kept', () => {
  test('gives the same verdict, whatever was asked', () => {
    fc.assert(
      fc.property(anyQuestion, (any) => {
        const asked = { ...any, stations: roundedStations(any.stations) }
        const verdict = evaluateGates(asked, t0)
        expect(evaluateGates(again(asked), t0)).toEqual(verdict)
        expect(recomputed(stored(verdict), again(asked))).toMatchObject({
          outcome: 'the same',
          differences: [],
        })
      }),
      { numRuns: 80 },
    )
  })

  test('finds out a verdict of which any number was changed', () => {
    fc.assert(
      fc.property(anyQuestion, fc.nat(), fc.constantFrom(1e-6, 0.01, 3), (any, which, by) => {
        const asked = { ...any, stations: roundedStations(any.stations) }
        const verdict = stored(evaluateGates(asked, t0))
        const numbers = numbersOf(verdict)
        const [holder, key] = numbers[which % numbers.length] ?? []
        if (holder === undefined || key === undefined) return
        // Its own moment is what it is computed at.
        if (holder === verdict && key === 'at') return
        const before = Number(holder[key])
        holder[key] = before + by * Math.max(1, Math.abs(before))
        expect(recomputed(verdict, again(asked)).outcome).toBe('differs')
      }),
      { numRuns: 80 },
    )
  })

  test('finds out a count that was changed', () => {
    const verdict = stored(evaluateGates(usual, t0))
    const kept = keptQuestion(usual)
    const column = kept.asked.since['first-pass yield']
    if (column) column.bad[0] = 11
    const { outcome, differences } = recomputed(verdict, questionOf(kept))
    expect(outcome).toBe('differs')
    expect(differences).toContainEqual({
      path: 'gates / first-pass yield / canary / bad',
      recorded: 12,
      recomputed: 11,
    })
  })

  test('is told apart where another engine made the verdict', () => {
    const verdict = { ...stored(evaluateGates(usual, t0)), engine: 'an older method' }
    expect(recomputed(verdict, again(usual))).toMatchObject({
      outcome: 'another engine',
      engine: { recorded: 'an older method', now: engine },
      verdict: { overall: verdict.overall },
    })
  })
})

type Holder = Record<string, unknown>
function numbersOf(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return []
  const holder = value as Holder
  return Object.entries(holder).flatMap(([key, each]): [Holder, string][] =>
    typeof each === 'number' ? [[holder, key]] : numbersOf(each),
  )
}
