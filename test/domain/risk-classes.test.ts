// Which gates a rollout has by the class of its procedure.
import { describe, expect, test } from 'vitest'
import { alarmBudgetSpent, defaultGates, type Gate, gates } from '../../server/domain/gates/gate.ts'
import { riskClass, riskClasses } from '../../server/domain/risk-classes.ts'

const setOf = (name: 'low' | 'standard' | 'high') => gates.parse(riskClasses[name].gates)
const modes = (all: Gate[]) => Object.fromEntries(all.map((gate) => [gate.name, gate.mode]))

test.each(riskClass.options)('the gates of the %s class keep within the alarm budget of 5 %%', (name) => {
  expect(alarmBudgetSpent(setOf(name))).toBeCloseTo(0.05, 12)
})

test('the standard class has the default gates, and is content with what is likely', () => {
  expect(setOf('standard')).toEqual(gates.parse(defaultGates))
  expect(riskClasses.standard.passes).toBe('likely')
})

test('in the low class counted evidence stops a rollout and conditions only observe', () => {
  expect(modes(setOf('low'))).toEqual({
    'first-pass yield': 'pause',
    'first-pass yield rise': 'pause',
    'error rate': 'pause',
    'timeout rate': 'pause',
    duration: 'pause',
    'reference samples': 'observe',
    'mixed builds': 'observe',
    'new failure mode': 'observe',
  })
  expect(riskClasses.low.passes).toBe('likely')
})

describe('the high class', () => {
  test('asks for proof, watches coverage, and may roll back on yield and errors', () => {
    expect(modes(setOf('high'))).toEqual({
      'first-pass yield': 'roll back',
      'first-pass yield rise': 'pause',
      'error rate': 'roll back',
      'timeout rate': 'pause',
      duration: 'pause',
      'reference samples': 'pause',
      'mixed builds': 'pause',
      'new failure mode': 'pause',
      'measurement coverage': 'pause',
    })
    expect(riskClasses.high.passes).toBe('proven')
  })
})
