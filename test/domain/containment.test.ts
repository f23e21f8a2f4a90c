// What a breach says about which units to look at first.
import { expect, test } from 'vitest'
import { looksFirstAt } from '../../server/domain/containment.ts'
import type { Breach, Completed } from '../../server/domain/rollout/state.ts'
import { gatesOf } from '../support/gate-question.ts'

const gates = gatesOf(
  { metric: 'first-pass yield' },
  { metric: 'first-pass yield rise', name: 'rise' },
  { metric: 'measurement coverage', name: 'coverage' },
  { metric: 'reference samples', name: 'references' },
)
const first = (...breaches: Partial<Breach>[]) =>
  looksFirstAt({
    plan: { gates },
    alarms: [],
    breaches: breaches.map((breach) => ({ mode: 'pause', severity: 'breach', ...breach })),
  } as unknown as Completed)

test('a rise, less that is measured, and a known bad unit that passed say: escapes first', () => {
  expect(first({ gate: 'rise' })).toBe('escapes')
  expect(first({ gate: 'first-pass yield' }, { gate: 'coverage' })).toBe('escapes')
  expect(first({ gate: 'references', severity: 'severe' })).toBe('escapes')
})

test('a fall of yield, a known good unit that failed, and what was only observed do not', () => {
  expect(first({ gate: 'first-pass yield', severity: 'severe' })).toBe('both')
  expect(first({ gate: 'references' })).toBe('both')
  expect(first({ gate: 'rise', mode: 'observe' })).toBe('both')
  expect(first()).toBe('both')
})
