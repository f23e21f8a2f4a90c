// A yield that rises beyond what was declared: bad units may be passing.
import { describe, expect, test } from 'vitest'
import type { Evaluated } from '../../../server/domain/gates/evaluator.ts'
import { evaluator } from '../../../server/domain/gates/evaluator.ts'
import { isCounted } from '../../../server/domain/gates/gate.ts'
import { judgeCounted } from '../../../server/domain/gates/judge-counted.ts'
import {
  accepted,
  asked,
  type GateInput,
  gateOf,
  gatesOf,
  judgedBy,
  line,
  type Pair,
  question,
  type What,
} from '../../support/gate-question.ts'

const yieldGate = { metric: 'first-pass yield', alpha: 0.015 } as const
const riseGate = { metric: 'first-pass yield rise', alpha: 0.005 } as const
/** Nine of ten pass on this line, before and now. */
const tenPercent = { past: [1000, 100], base: [200, 20] } as const
const judged = (counted: Pair, what: What = {}, gates: GateInput[] = [yieldGate, riseGate]) =>
  gateOf(asked(line([counted], tenPercent), { gates: gatesOf(...gates), ...what }), 'first-pass yield rise')

describe('a rise of yield', () => {
  test('beyond three points is a breach, never severe', () => {
    const gate = judged([400, 4])
    expect(gate).toMatchObject({ verdict: 'breach', unit: 'first attempts', canary: { n: 400, bad: 4 } })
    expect(gate.logEvidence).toBeGreaterThanOrEqual(Math.log(1 / 0.005))
    expect(gate.difference).toBeLessThan(0)
    expect(gate.toleratedRate).toBeCloseTo((gate.expectedRate ?? 0) - 0.03, 12)
    expect(gate.headline).toMatch(
      /^first-pass yield rise 99\.0 % against expected 90\.\d %, \+\d\.\d points on 400/,
    )
    expect(judged([4000, 0]).verdict).toBe('breach')
  })

  test('of as much as is tolerated, and a fall, are none', () => {
    expect(judged([400, 40])).toMatchObject({ verdict: 'pass' })
    expect(judged([400, 32]).verdict).toBe('pass')
    expect(judged([400, 120])).toMatchObject({ verdict: 'pass' })
    expect(judged([400, 120]).logEvidence).toBeLessThan(0)
  })

  test('shows bounds that agree with the verdict, at its own alpha', () => {
    for (const gates of [[yieldGate, riseGate], [riseGate]])
      for (const bad of [4, 6, 7, 8, 9, 10, 12, 40]) {
        const gate = judged([400, bad], {}, gates)
        const below = (gate.expectedRate ?? 0) + (gate.differenceHigh ?? 0) <= (gate.toleratedRate ?? 0)
        expect([bad, below]).toEqual([bad, gate.logEvidence >= gate.logThreshold])
        expect(gate.differenceLow).toBeLessThan(gate.difference ?? -1)
      }
  })

  test('may be declared, and is then tolerated as well', () => {
    expect(judged([400, 8]).verdict).toBe('breach')
    const declared = judged([400, 8], { expectedYieldChange: 0.05 })
    expect(declared.verdict).toBe('pass')
    expect(declared.toleratedRate).toBeCloseTo((declared.expectedRate ?? 0) - 0.08, 12)
    // A declared fall makes it no stricter.
    expect(judged([400, 30], { expectedYieldChange: -0.05 })).toMatchObject({
      toleratedRate: judged([400, 30]).toleratedRate,
      logEvidence: judged([400, 30]).logEvidence,
    })
    // With no yield gate beside it as well.
    const alone = judged([400, 8], { expectedYieldChange: 0.05 }, [riseGate])
    expect(alone.toleratedRate).toBeCloseTo((alone.expectedRate ?? 0) - 0.08, 12)
  })

  test('that cannot be, where nearly all pass already, passes', () => {
    const gate = judgedBy(riseGate, line([[400, 0]]))
    expect(gate).toMatchObject({ verdict: 'pass', toleratedRate: null, logEvidence: 0 })
    expect(gate.headline).toMatch(/cannot rise by more than is tolerated/)
  })

  test('is asked for its target, and for a base, before it passes', () => {
    expect(judged([60, 6])).toMatchObject({ verdict: 'wait' })
    expect(judged([60, 6], { overdue: true }).verdict).toBe('grey')
    expect(judged([0, 0]).verdict).toBe('no data')
    expect(
      gateOf(asked(line([[400, 133]], { past: [0, 0], base: [3, 1] }), { gates: gatesOf(riseGate) })).verdict,
    ).toBe('wait')
    expect(
      gateOf(asked(line([[400, 133]], { past: [0, 0], base: [30, 10] }), { gates: gatesOf(riseGate) }))
        .verdict,
    ).toBe('pass')
  })

  test('that is open stays a breach until its evidence is gone; what was accepted does not count again', () => {
    const between = judged([150, 5])
    expect(between.logEvidence).toBeGreaterThan(0)
    expect(between.verdict).toBe('wait')
    const open: What = { open: [{ gate: 'first-pass yield rise', severity: 'breach' }] }
    expect(judged([150, 5], open).verdict).toBe('breach')
    expect(judged([150, 15], open).verdict).not.toBe('breach')
    const far = judged([400, 4])
    const after = judged([400, 4], { accepted: accepted(far.logEvidence, 'first-pass yield rise') })
    expect(after.logEvidence).toBeCloseTo(0, 9)
    expect(after.verdict).toBe('wait')
  })
})

describe('a rise gate beside a yield gate', () => {
  /** How many evaluations the gates of a plan take, and what each gate says. */
  function evaluations(...given: GateInput[]) {
    const gates = gatesOf(...given)
    const about = question(line([[400, 12]], tenPercent), { gates })
    const evaluate = evaluator(about, {})
    const seen = new Set<Evaluated>()
    const verdicts = gates.filter(isCounted).map((gate) =>
      judgeCounted(gate, about, (key, how) => {
        const evaluated = evaluate(key, how)
        seen.add(evaluated)
        return evaluated
      }),
    )
    return { count: seen.size, verdicts }
  }

  test('shares one evaluation with it, and says what it says alone', () => {
    const { count, verdicts } = evaluations(yieldGate, riseGate)
    expect(count).toBe(1)
    expect(verdicts[1]?.logEvidence).toBeCloseTo(
      judgedBy(riseGate, line([[400, 12]], tenPercent)).logEvidence,
      9,
    )
    expect(verdicts[0]?.logEvidence).toBe(judgedBy(yieldGate, line([[400, 12]], tenPercent)).logEvidence)
  })

  test('has its own where yield is not held against base, or another rise gate has the first’s', () => {
    expect(evaluations({ ...yieldGate, comparison: 'own past' }, riseGate).count).toBe(2)
    const strict = { ...riseGate, name: 'any rise', marginPoints: 0.001 }
    const two = evaluations(yieldGate, riseGate, strict)
    expect(two.count).toBe(2)
    const [, three, any] = two.verdicts
    expect(any?.toleratedRate).toBeCloseTo((any?.expectedRate ?? 0) - 0.001, 12)
    expect(any?.logEvidence).toBeGreaterThan(three?.logEvidence ?? 0)
  })
})
