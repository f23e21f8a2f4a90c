import { describe, expect, test } from 'vitest'
import { minute } from '../../../server/domain/instant.ts'
import { learningFrom } from '../../../server/domain/learning/learning.ts'
import { withOutcomes } from '../../../server/domain/learning/outcome.ts'
import { preventedSum, sum } from '../../../server/domain/learning/prevented.ts'
import { detectedMs, revertedMs, spreadOf } from '../../../server/domain/learning/times.ts'
import { build, procedure } from '../../support/plan-builder.ts'
import { begun, toldRollout } from '../../support/told-rollout-builder.ts'
import { normalFrom, seededRandom } from '../statistics/tallies.ts'

const breach = { breach: 'first-pass yield' }
const excess = { estimate: 0.1, low: 0.02, high: 0.25 }
const exposure = { units: 1000, canaryUnits: 50 }

describe('failures prevented', () => {
  test('are the excess times what the other stations tested until the alarm', () => {
    const told = withOutcomes([toldRollout(1, [breach, 'aborted'], { excess, exposure })], [])
    expect(preventedSum(told)).toEqual({
      rollouts: 1,
      unknown: 0,
      failures: { estimate: 95, low: 19, high: 237.5 },
      canaryFailures: { estimate: 5, low: 1, high: 12.5 },
    })
  })

  test('are said of rollouts that were stopped after an alarm, and those that cannot be reckoned are counted', () => {
    const told = withOutcomes(
      [
        toldRollout(1, [breach, 'aborted'], { excess: null, exposure }),
        toldRollout(2, ['aborted'], { excess, exposure }),
        toldRollout(3, [breach, { acknowledged: 'first-pass yield' }, 'completed'], { excess, exposure }),
        toldRollout(4, [breach, 'superseded'], { excess, exposure }),
      ],
      [],
    )
    expect(preventedSum(told)).toEqual({ rollouts: 0, unknown: 1, failures: null, canaryFailures: null })
  })

  test('add up as their source has it', () => {
    const all = [
      { estimate: 10, low: 7, high: 14 },
      { estimate: 20, low: 16, high: 23 },
    ]
    expect(sum(all)).toEqual({ estimate: 30, low: 25, high: 35 })
    expect(sum([])).toBeNull()
  })

  test('keep the promise of their bounds when they are added up', () => {
    const random = seededRandom(7)
    const rounds = 4000
    let held = 0
    for (let round = 0; round < rounds; round++) {
      const truths = [12, 3, 40]
      const parts = truths.map((truth, place) => {
        const spread = 1 + place * 3
        const estimate = truth + spread * normalFrom(random)
        return { estimate, low: estimate - 1.96 * spread, high: estimate + 1.96 * spread }
      })
      const total = sum(parts)
      if (total && total.low <= 55 && 55 <= total.high) held += 1
    }
    expect(held / rounds).toBeGreaterThan(0.94)
    expect(held / rounds).toBeLessThan(0.96)
  })
})

describe('times', () => {
  test('to detect begin with the first exposure, and end with the first breach that could stop it', () => {
    const observed = { breach: 'error rate', mode: 'observe' as const }
    const [rollout, unexposed] = withOutcomes(
      [toldRollout(1, [observed, breach]), toldRollout(2, [breach], { exposedAt: null })],
      [],
    )
    expect(rollout && detectedMs(rollout)).toBe(20 * minute)
    expect(unexposed && detectedMs(unexposed)).toBeNull()
  })

  test('to revert end with the last station, of an abort that is finished, or of a rollback', () => {
    const revertedAt = begun + 31 * minute
    const [finished, open, later] = withOutcomes(
      [
        toldRollout(1, [breach, 'aborted', 'back'], { revertedAt }),
        toldRollout(2, [breach, 'aborted'], { revertedAt }),
        toldRollout(3, ['completed']),
      ],
      [{ procedureId: procedure, from: build, at: begun + 60 * minute, lastMs: 9 * minute }],
    )
    expect([finished, open, later].map((each) => each && revertedMs(each))).toEqual([
      11 * minute,
      null,
      9 * minute,
    ])
  })

  test('are spread by the smallest that so many do not exceed', () => {
    expect(spreadOf([5, null, 1, 3, 2, 4])).toEqual({ count: 5, median: 3, ninth: 5, longest: 5 })
    expect(spreadOf([])).toEqual({ count: 0, median: null, ninth: null, longest: null })
  })
})

test('of nothing nothing is learned', () => {
  const found = learningFrom({ rollouts: [], rollbacks: [], leftOut: 0 }, { from: 0, to: 1 }, [])
  expect(found).toMatchObject({ labels: [], gates: [], all: { rollouts: 0, takenBack: { share: null } } })
})

test('a label has a row at each gate that ever alarmed, with how many had the gate', () => {
  const told = [
    toldRollout(1, [breach, 'aborted'], { labels: ['limits'] }),
    toldRollout(2, ['completed'], { labels: ['limits', 'firmware'] }),
    toldRollout(3, ['completed'], { labels: [], gates: [] }),
  ]
  const found = learningFrom({ rollouts: told, rollbacks: [], leftOut: 0 }, { from: 0, to: 1 }, [])
  expect(
    found.labelGates.map(({ label, gates }) => [
      label,
      gates.map(({ gate, alarmed, confirmed }) => [gate, alarmed.count, alarmed.of, confirmed]),
    ]),
  ).toEqual([
    ['limits', [['first-pass yield', 1, 2, 1]]],
    [null, [['first-pass yield', 0, 0, 0]]],
    ['firmware', [['first-pass yield', 0, 1, 0]]],
  ])
})
