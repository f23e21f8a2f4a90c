// Gates on what runs report: judged as yield is, on the runs that report it.
import { describe, expect, test } from 'vitest'
import { judgedBy, line, together } from '../../support/gate-question.ts'

const drops = { metric: 'custom', name: 'drops', statistic: 'rate', read: 'drops', alpha: 0.01 } as const
const current = { metric: 'custom', name: 'current', statistic: 'mean', read: 'current_ma' } as const
const errors = line([[80, 1]], { key: 'error rate' })

describe('a custom gate', () => {
  test('is judged by evidence against base', () => {
    expect(judgedBy(drops, line([[100, 1]], { key: 'drops' }))).toMatchObject({
      verdict: 'pass',
      unit: 'runs that report it',
    })
    const bad = judgedBy(drops, line([[100, 30]], { key: 'drops' }))
    expect(bad.verdict).toBe('severe')
    expect(bad.headline).toMatch(/^drops 30\.0 % against expected 2\.\d %, \+2\d\.\d points on 100 runs that/)
  })

  test('on a number says beyond what a run counts', () => {
    const half = { key: 'current', past: [1000, 500], base: [100, 50] } as const
    const beyond = judgedBy({ ...current, alpha: 0.01 }, line([[100, 80]], half))
    expect(beyond.verdict).toBe('breach')
    expect(beyond.headline).toMatch(/^current, runs 10 % over their station's usual current_ma 80\.0 %/)
  })

  test('that no run of any arm ever reports cannot be judged, and says to look at the name', () => {
    for (const gate of [drops, current]) {
      const silent = together(line([[0, 0]], { key: gate.name, past: [0, 0], base: [0, 0] }), errors)
      expect(judgedBy(gate, silent)).toMatchObject({
        verdict: 'no data',
        headline: `${gate.name}: no run reports it: check the name it is read by`,
      })
    }
  })

  test('has no data where nothing has run yet, nor where only base reports', () => {
    const nothing = line([[0, 0]], { key: 'drops', past: [0, 0], base: [0, 0] })
    expect(judgedBy(drops, nothing)).toMatchObject({
      verdict: 'no data',
      headline: 'drops: neither canary nor base has run yet',
    })
    expect(judgedBy(drops, line([[0, 0]], { key: 'drops' }))).toMatchObject({
      verdict: 'no data',
      headline: 'drops: no canary runs counted yet',
    })
  })

  test('on a number has no data on canary stations without a past of it, and says why', () => {
    const noPast = together(line([[0, 0]], { key: 'current', past: [0, 0], base: [100, 50] }), errors)
    expect(judgedBy(current, noPast)).toMatchObject({
      verdict: 'no data',
      headline: 'current: not judged, the canary stations have no past to compare with',
    })
  })
})
