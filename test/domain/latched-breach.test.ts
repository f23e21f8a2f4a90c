import { expect, test } from 'vitest'
import { evaluateGates, type GateStation } from '../../server/domain/evaluate-gates.ts'
import { defaultGates } from '../../server/domain/gate.ts'
import { stationId } from '../../server/domain/ids.ts'

const counts = (units: number, bad: number) => ({ units, bad, runs: units, errors: 0, timeouts: 0 })

function yieldWord(bad: number, open: 'breach' | 'severe' | null) {
  const stations: GateStation[] = Array.from({ length: 10 }, (_, number) => ({
    id: stationId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
    arm: number === 0 ? 'canary' : 'base',
    past: counts(1000, 20),
    since: number === 0 ? counts(100, bad) : counts(100, 2),
  }))
  const verdict = evaluateGates(
    {
      gates: defaultGates,
      stations,
      accepted: [],
      open: open ? [{ metric: 'first-pass yield', severity: open }] : [],
      target: 50,
      overdue: false,
      previousDrift: {},
      driftNoise: {},
      watermark: { canary: 0, base: 0 },
    },
    0,
  )
  const gate = verdict.gates[0]
  if (!gate) throw new Error('expected the yield gate')
  return {
    word: gate.verdict,
    overall: verdict.overall,
    logEvidence: gate.logEvidence,
    line: gate.logThreshold,
  }
}

test('a breach that is open stays one while its evidence is under the line but not gone', () => {
  const between = [4, 5, 6, 7, 8].find((bad) => {
    const { logEvidence, line } = yieldWord(bad, null)
    return logEvidence > 0 && logEvidence < line
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
