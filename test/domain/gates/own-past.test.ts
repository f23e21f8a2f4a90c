// A gate that compares with the stations' own past: what base does at the same time is not asked.
import { expect, test } from 'vitest'
import { asked, gatesOf, judgedBy, line } from '../../support/gate-question.ts'

const ownPast = { metric: 'first-pass yield', alpha: 0.02, comparison: 'own past' } as const
const withBase = { metric: 'first-pass yield', alpha: 0.02 } as const

test('blames the build for what it would forgive when base moves as well', () => {
  const moved = line([[100, 12]], { base: [300, 36] })
  expect(judgedBy(withBase, moved).verdict).toBe('pass')
  expect(judgedBy(ownPast, moved)).toMatchObject({ verdict: 'severe', comparison: 'own past' })
})

test('says the same whatever base does, or whether there is any', () => {
  const quiet = judgedBy(ownPast, line([[100, 12]], { base: [0, 0] }))
  expect(judgedBy(ownPast, line([[100, 12]], { base: [300, 36] }))).toMatchObject({
    logEvidence: quiet.logEvidence,
    expectedRate: quiet.expectedRate,
  })
})

test('shows what base counted all the same', () => {
  expect(judgedBy(ownPast, line([[100, 12]], { base: [300, 36] })).base).toEqual({
    stations: 9,
    n: 2700,
    bad: 324,
    rate: 0.12,
  })
})

test('neither keeps nor uses a drift of base', () => {
  const previous = { drift: { 'first-pass yield': { shift: 1, variance: 0.01 } }, failing: {} }
  const gates = gatesOf(ownPast)
  const alone = line([[100, 2]], { bases: 0 })
  expect(asked(line([[100, 2]]), { gates }).drift).toEqual({})
  expect(judgedBy(ownPast, alone, { previous }).expectedRate).toBe(judgedBy(ownPast, alone).expectedRate)
})
