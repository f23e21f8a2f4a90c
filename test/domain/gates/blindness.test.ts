import { describe, expect, test } from 'vitest'
import { blindness, isSeenAgain } from '../../../server/domain/gates/blindness.ts'
import type { Throughput } from '../../../server/domain/gates/question.ts'
import { asked, gatesOf, line, together } from '../../support/gate-question.ts'

/** One canary station of ten, all equally busy. */
const share = (
  canaryRuns: number,
  baseRuns: number,
  past: [canary: number, base: number] = [1000, 9000],
): Throughput => ({
  canaryRuns,
  baseRuns,
  canaryPastRuns: past[0],
  basePastRuns: past[1],
})

describe('the canary’s share of the runs', () => {
  test('is blind under half of what it always was', () => {
    expect(blindness(share(0, 180))).toEqual({ runs: 0, share: 0, pastShare: 0.1, isBlind: true })
    expect(blindness(share(9, 180))?.isBlind).toBe(true)
    expect(blindness(share(10, 180))?.isBlind).toBe(false)
    expect(blindness(share(100, 180))?.isBlind).toBe(false)
  })

  test('is told only where twenty canary runs were to be expected', () => {
    expect(blindness(share(0, 179))?.isBlind).toBe(false)
    expect(blindness(share(0, 180))?.isBlind).toBe(true)
  })

  test('is not blind where the whole line is silent', () => {
    expect(blindness(share(0, 0))).toBe(null)
    expect(blindness(null)).toBe(null)
  })

  test('cannot be told without a past, or without a base', () => {
    expect(blindness(share(5, 180, [0, 0]))).toBe(null)
    expect(blindness(share(5, 0, [1000, 0]))).toBe(null)
    expect(blindness(share(5, 180, [0, 9000]))?.isBlind).toBe(false)
  })

  test('is seen again from half of it on, and not by silence', () => {
    expect(isSeenAgain(blindness(share(10, 180)))).toBe(true)
    expect(isSeenAgain(blindness(share(9, 180)))).toBe(false)
    expect(isSeenAgain(blindness(share(1, 40)))).toBe(false)
    expect(isSeenAgain(blindness(share(0, 0)))).toBe(false)
    expect(isSeenAgain(blindness(share(1, 0)))).toBe(true)
  })
})

describe('a verdict on too few canary runs', () => {
  const conditions = { throughput: share(2, 180) }
  const gates = gatesOf(
    { metric: 'first-pass yield' },
    { metric: 'error rate' },
    { metric: 'reference samples' },
  )
  const words = (bad: number) => {
    const stations = together(line([[200, bad]]), line([[0, 0]], { key: 'error rate' }))
    const verdict = asked(stations, { gates, conditions })
    return { overall: verdict.overall, gates: verdict.gates.map((gate) => gate.verdict) }
  }

  test('is blind as a whole: nothing counted passes on it, or lacks data by itself', () => {
    expect(words(2)).toEqual({ overall: 'blind', gates: ['blind', 'blind', 'pass'] })
    const seen = asked(line([[200, 2]]), { gates: gatesOf(), conditions: { throughput: share(20, 180) } })
    expect(seen.overall).toBe('pass')
    expect(seen.throughput).toMatchObject({ isBlind: false, runs: 20 })
  })

  test('still shows what it proves', () => {
    expect(words(40)).toEqual({ overall: 'severe', gates: ['severe', 'blind', 'pass'] })
    const worse = line(Array(5).fill([200, 68]), { past: [2000, 400], base: [400, 80], bases: 5 })
    expect(asked(worse, { conditions }).overall).toBe('breach')
  })

  test('keeps the numbers that it has', () => {
    const [gate] = asked(line([[200, 2]]), { conditions }).gates
    expect(gate).toMatchObject({ canary: { n: 200, bad: 2 }, headline: expect.stringContaining('99.0 %') })
  })
})
