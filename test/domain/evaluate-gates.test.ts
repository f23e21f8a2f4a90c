import { describe, expect, test } from 'vitest'
import { overall } from '../../server/domain/gates/evaluate-gates.ts'
import type { VerdictWord } from '../../server/domain/gates/verdict.ts'
import {
  accepted,
  asked,
  gateOf,
  gatesOf,
  judgedBy,
  line,
  type Pair,
  together,
  type What,
} from '../support/gate-question.ts'

const yieldGate = { metric: 'first-pass yield', alpha: 0.02 } as const
type Of = Parameters<typeof line>[1]
const judged = (counted: Pair, of: Of = {}, what: What = {}) => judgedBy(yieldGate, line([counted], of), what)
const word = (n: number, bad: number, of: Of = {}, what: What = {}) => judged([n, bad], of, what).verdict

describe('a gate', () => {
  test('without a canary run has no data, neither 0 % nor 100 %', () => {
    expect(judged([0, 0])).toMatchObject({
      verdict: 'no data',
      difference: null,
      canary: { n: 0, rate: null },
      logEvidence: 0,
    })
  })

  test('has no data either where the whole line rests, and says so', () => {
    expect(judged([0, 0], { base: [0, 0] })).toMatchObject({
      verdict: 'no data',
      headline: expect.stringContaining('neither canary nor base'),
    })
    for (const of of [{}, { bases: 0 }])
      expect(judged([0, 0], of)).toMatchObject({
        verdict: 'no data',
        headline: 'first-pass yield: no canary runs counted yet',
      })
  })

  test('waits on one run, good or bad', () => {
    expect(word(1, 0)).toBe('wait')
    expect(word(1, 1)).toBe('wait')
  })

  test('is severe from the third of nothing but failures, and not before', () => {
    expect(word(2, 2)).toBe('wait')
    expect(word(3, 3)).toBe('severe')
    // Against a spotless past two failures are evidence enough for a gate of 5 %; they stop nothing all the same.
    const spotless: Of = { past: [2000, 0], base: [500, 0] }
    const two = judgedBy({ metric: 'first-pass yield', alpha: 0.05 }, line([[2, 2]], spotless))
    expect(two.logEvidence).toBeGreaterThan(two.logThreshold)
    expect(two.verdict).toBe('wait')
    expect(word(3, 3, spotless)).toBe('severe')
  })

  test('waits below its target and passes at it, when all is well', () => {
    expect(word(99, 1)).toBe('wait')
    expect(word(100, 1)).toBe('pass')
  })

  test('on yield asks for less doubt than a guard, which yield stands behind', () => {
    expect(word(200, 8)).toBe('wait')
    const errors = line([[200, 8]], { key: 'error rate' })
    expect(judgedBy({ metric: 'error rate', alpha: 0.02 }, errors)).toMatchObject({
      verdict: 'pass',
      probabilityUnacceptable: judged([200, 8]).probabilityUnacceptable,
    })
  })

  const longPast: Of = { past: [2000, 400], base: [1000, 200] }

  test('passes before its target when a pass is proven', () => {
    expect(word(600, 60, longPast, { target: 100_000 })).toBe('pass')
  })

  test('passes on nothing but a proof where the plan asks for one', () => {
    expect(word(100, 1, {}, { passes: 'proven' })).toBe('wait')
    expect(word(100, 1, {}, { passes: 'proven', overdue: true })).toBe('grey')
    expect(word(600, 60, longPast, { passes: 'proven' })).toBe('pass')
    const guard = { metric: 'error rate', alpha: 0.01 } as const
    const errors = line([[100, 0]], { key: 'error rate', past: [1000, 5], base: [100, 0] })
    expect(judgedBy(guard, errors).verdict).toBe('pass')
    expect(judgedBy(guard, errors, { passes: 'proven' }).verdict).toBe('wait')
  })

  test('can be proven by good runs alone where hardly a run was ever bad', () => {
    const timeouts = (n: number, bad: number, of: Of = { past: [1000, 0], base: [100, 0] }) =>
      judgedBy({ metric: 'timeout rate', alpha: 0.01 }, line([[n, bad]], { key: 'timeout rate', ...of }), {
        passes: 'proven',
      }).verdict
    expect(timeouts(500, 0)).toBe('wait')
    expect(timeouts(1500, 0)).toBe('pass')
    expect(timeouts(1500, 2)).toBe('wait')
    // Where a run in a hundred is bad, stations and days differ, and that has to be outweighed as well.
    expect(timeouts(3000, 27, { past: [1000, 10], base: [100, 1] })).toBe('wait')
  })

  test('asks for its own least number of counts in place of the stage’s, and passes nothing under it', () => {
    const least = (minimumSamples: number, counted: Pair, of: Of = {}, target = 100) =>
      judgedBy({ ...yieldGate, minimumSamples }, line([counted], of), { target }).verdict
    expect(least(300, [299, 3])).toBe('wait')
    expect(least(300, [300, 3])).toBe('pass')
    expect(least(30, [30, 0])).toBe('pass')
    expect(least(31, [30, 0], {}, 10)).toBe('wait')
    expect(least(601, [600, 60], longPast)).toBe('wait')
    // Protection has no least number but three bad.
    expect(least(300, [4, 4])).toBe('severe')
  })

  test('is breached, not severe, where the rate rose but may not have doubled', () => {
    const half = line(Array(5).fill([200, 68]), { past: [2000, 400], base: [400, 80], bases: 5 })
    const gate = judgedBy(yieldGate, half)
    expect(gate.verdict).toBe('breach')
    expect(gate.logEvidence).toBeGreaterThanOrEqual(gate.logThreshold)
    expect(gate.probabilitySevere).toBeLessThan(0.9)
  })

  test('is grey for a person when it has not decided in time', () => {
    expect(word(100, 5, {}, { overdue: true })).toBe('grey')
    expect(word(100, 5)).toBe('wait')
    expect(word(100, 1, {}, { overdue: true })).toBe('pass')
  })

  test('passes nothing against a base it knows nothing of', () => {
    const unknown: Of = { past: [0, 0], base: [0, 0] }
    expect(word(500, 0, unknown)).toBe('wait')
    expect(word(500, 0, unknown, { overdue: true })).toBe('grey')
    expect(judged([5, 0], unknown).headline).toMatch(/only 0 counts of base/)
  })

  test('says what it saw in words of yield', () => {
    const gate = judged([100, 12])
    expect(gate.headline).toMatch(
      /^first-pass yield 88\.0 % against expected 9\d\.\d %, −\d+\.\d points on 100 first/,
    )
    expect(gate.difference).toBeGreaterThan(0)
    expect(judged([100, 0]).headline).toMatch(/^first-pass yield 100\.0 % .*, \+\d\.\d points/)
  })

  test('counts the stations that have run', () => {
    const two = judgedBy(
      yieldGate,
      line([
        [100, 2],
        [0, 0],
      ]),
    )
    expect([two.canary.stations, two.base.stations]).toEqual([1, 9])
  })

  test('goes by its own name where its plan gives it one', () => {
    const gate = judgedBy({ ...yieldGate, name: 'yield of the first shift' }, line([[100, 12]]))
    expect(gate).toMatchObject({ name: 'yield of the first shift', metric: 'first-pass yield' })
    expect(gate.headline).toMatch(/^yield of the first shift 88/)
  })

  test('says how many more counts it takes to a verdict', () => {
    expect(judged([40, 0]).countsToVerdict).toBe(60)
    expect(judged([100, 1]).countsToVerdict).toBe(null)
    const rising = judged([100, 5]).countsToVerdict ?? 0
    expect(rising).toBeGreaterThan(20)
    expect(judged([100, 7]).countsToVerdict).toBeLessThan(rising)
    expect(judged([100, 20]).countsToVerdict).toBe(0)
  })

  test('counts errors and timeouts by runs, retests too', () => {
    const stations = together(
      line([[100, 20]]),
      line([[150, 20]], { key: 'error rate', past: [1100, 10] }),
      line([[150, 0]], { key: 'timeout rate', past: [1100, 10] }),
    )
    const gates = gatesOf(yieldGate, { metric: 'error rate' }, { metric: 'timeout rate' })
    const shown = asked(stations, { gates }).gates.map((gate) => [gate.unit, gate.canary.n, gate.canary.bad])
    expect(shown).toEqual([
      ['first attempts', 100, 20],
      ['runs', 150, 20],
      ['runs', 150, 0],
    ])
  })
})

describe('accepted evidence', () => {
  const evidence = judged([60, 8]).logEvidence

  test('does not breach again; as much on top of it does', () => {
    expect(['breach', 'severe']).toContain(word(60, 8))
    const after = judged([60, 8], {}, { accepted: accepted(evidence) })
    expect(after.logEvidence).toBeCloseTo(0, 9)
    expect(after.verdict).toBe('wait')
    expect(['breach', 'severe']).toContain(word(100, 22, {}, { accepted: accepted(evidence) }))
  })

  test('of another gate, or below nothing, changes nothing', () => {
    expect(judged([60, 8], {}, { accepted: accepted(evidence, 'error rate') }).logEvidence).toBe(evidence)
    expect(judged([60, 8], {}, { accepted: accepted(-3) }).logEvidence).toBe(evidence)
  })
})

describe('the drift of base', () => {
  const drift = { shift: 0.4, variance: 0.02 }
  const kept: What = { previous: { drift: { 'first-pass yield': drift }, failing: {} } }

  test('is taken off before the build is blamed', () => {
    expect(word(100, 12)).toBe('severe')
    expect(word(100, 12, { base: [300, 24] })).toBe('pass')
  })

  test('is kept as it was when no base station is left, and used', () => {
    const alone = line([[100, 2]], { bases: 0 })
    expect(asked(alone, kept).drift).toEqual({ 'first-pass yield': drift })
    expect(asked(line([[100, 2]]), kept).drift['first-pass yield']).not.toEqual(drift)
    const expected = (what: What) => judgedBy(yieldGate, alone, what).expectedRate ?? 0
    expect(expected(kept)).toBeGreaterThan(expected({}) * 1.2)
  })

  test('is none where no base station has run yet', () => {
    expect(asked(line([[100, 2]], { base: [0, 0] })).drift).toEqual({})
  })
})

test('stations that wander more need more to prove anything', () => {
  const restless = judged([60, 8], {}, { driftNoise: { 'first-pass yield': 0.6 } })
  expect(restless.logEvidence).toBeLessThan(judged([60, 8]).logEvidence)
})

describe('the word of all gates together', () => {
  const saying = (verdict: VerdictWord) => ({ mode: 'pause' as const, acts: true, verdict })

  test('is the most protective one', () => {
    const order = ['severe', 'breach', 'blind', 'no data', 'grey', 'wait', 'pass'] as const
    for (const [index, each] of order.entries())
      expect(overall(order.slice(index).toReversed().map(saying))).toBe(each)
  })

  test('does not listen to gates that only observe, by their mode or in this stage', () => {
    const observing = { ...saying('severe'), mode: 'observe' as const }
    expect(overall([observing, saying('pass')])).toBe('pass')
    expect(overall([observing])).toBe('pass')
    expect(overall([{ ...saying('severe'), acts: false }, saying('wait')])).toBe('wait')
    expect(overall([])).toBe('pass')
  })
})

describe('a gate that names its stages', () => {
  const gates = gatesOf({ ...yieldGate, stages: [1, 2] })
  const at = (stageIndex: number) => asked(line([[100, 20]]), { gates, stageIndex })

  test('acts in those, and elsewhere only observes', () => {
    expect([0, 1, 2, 3].map((index) => gateOf(at(index)).acts)).toEqual([false, true, true, false])
    expect([0, 1, 2, 3].map((index) => at(index).overall)).toEqual(['pass', 'severe', 'severe', 'pass'])
    expect(gateOf(at(0)).verdict).toBe('severe')
  })

  test('acts in all where it names none', () => {
    expect(gateOf(asked(line([[100, 20]]), { stageIndex: 7 })).acts).toBe(true)
  })
})

test('the verdict says which part of healthy rollouts its gates may stop together', () => {
  const budget = (...gates: Parameters<typeof gatesOf>) => asked([], { gates: gatesOf(...gates) }).alarmBudget
  expect(budget({ metric: 'error rate', alpha: 0.01 }, { metric: 'timeout rate', alpha: 0.02 })).toBeCloseTo(
    0.03,
  )
  expect(budget({ metric: 'reference samples' })).toBe(0)
})
