import { expect, test } from 'vitest'
import { evaluateGates, type GateStation } from '../../server/domain/evaluate-gates.ts'
import { defaultGates } from '../../server/domain/gate.ts'
import { stationId } from '../../server/domain/ids.ts'

const station = (number: number) =>
  stationId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
const counts = (units: number, bad: number) => ({ units, bad, runs: units, errors: 0, timeouts: 0 })
const nothing = counts(0, 0)

/** A procedure whose stations have no past: one canary station beside nine on base. */
function yieldGate(canary: [number, number], base: [number, number]) {
  const stations: GateStation[] = Array.from({ length: 10 }, (_, number) => ({
    id: station(number),
    arm: number === 0 ? 'canary' : 'base',
    past: nothing,
    since: number === 0 ? counts(...canary) : counts(...base),
  }))
  const question = {
    gates: defaultGates,
    stations,
    accepted: [],
    open: [],
    target: 100,
    overdue: false,
    previousDrift: {},
    driftNoise: {},
    watermark: { canary: 0, base: 0 },
  }
  const gate = evaluateGates(question, 0).gates[0]
  if (!gate) throw new Error('expected the yield gate')
  return gate
}

test('a canary that fails every unit is stopped though nothing has a past', () => {
  const gate = yieldGate([10, 10], [100, 2])
  expect(gate.verdict).toBe('severe')
  expect(gate.base).toMatchObject({ n: 900, bad: 18, stations: 9 })
  expect(gate.expectedRate).toBeLessThan(0.1)
})

test('a canary as good as its concurrent base passes at the target', () => {
  expect(yieldGate([120, 2], [100, 2]).verdict).toBe('pass')
})

test('a few counts of base are not enough to pass against', () => {
  expect(yieldGate([120, 0], [3, 0])).toMatchObject({
    verdict: 'wait',
    headline: expect.stringContaining('only 27'),
  })
})
