import { expect, test } from 'vitest'
import { asked, gateOf, line } from '../support/gate-question.ts'

function yieldWord(bad: number, open: 'breach' | 'severe' | null) {
  const verdict = asked(line([[100, bad]]), {
    open: open ? [{ gate: 'first-pass yield', severity: open }] : [],
    target: 50,
  })
  const { verdict: word, logEvidence, logThreshold } = gateOf(verdict)
  return { word, overall: verdict.overall, logEvidence, line: logThreshold }
}

test('a breach that is open stays one while its evidence is under the line but not gone', () => {
  const between = [4, 5, 6, 7, 8].find((bad) => {
    const { logEvidence, line: needed } = yieldWord(bad, null)
    return logEvidence > 0 && logEvidence < needed
  })
  if (between === undefined) throw new Error('expected a count between no evidence and the line')
  expect(yieldWord(between, null).word).not.toBe('breach')
  expect(yieldWord(between, 'breach')).toMatchObject({ word: 'breach', overall: 'breach' })
  expect(yieldWord(between, 'severe')).toMatchObject({ word: 'severe', overall: 'severe' })
})

test('an open breach whose evidence is gone is judged as if it had never been', () => {
  expect(yieldWord(1, 'breach').word).toBe(yieldWord(1, null).word)
  expect(yieldWord(1, 'breach').logEvidence).toBeLessThan(0)
})

test('an open breach becomes severe when the evidence says so', () => {
  expect(yieldWord(20, 'breach').word).toBe('severe')
})

test('an open breach of another gate makes no breach of this one', () => {
  const open = [{ gate: 'error rate', severity: 'severe' as const }]
  expect(gateOf(asked(line([[100, 5]]), { open })).verdict).toBe('wait')
})
