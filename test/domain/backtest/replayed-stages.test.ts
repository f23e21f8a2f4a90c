import { expect, test } from 'vitest'
import { isOver, longestStageMs, replayedStages } from '../../../server/domain/backtest/replayed-stages.ts'
import { day, hour } from '../../../server/domain/instant.ts'
import { plan } from '../../../server/domain/plan.ts'
import { presetPlan } from '../../../server/domain/presets.ts'
import { aPlan } from '../../support/plan-builder.ts'

test('all stages but the last are replayed: it leaves nothing to compare with', () => {
  const stages = replayedStages(plan.parse(presetPlan('standard')))
  expect(stages.map(({ index, label, firstAttempts }) => [index, label, firstAttempts])).toEqual([
    [0, '1 station', 100],
    [1, '25 %', 300],
    [2, '50 %', 500],
  ])
  expect(longestStageMs(aPlan({ stages: [{ target: { share: 1 } }] }))).toBe(0)
})

test('a stage lasts until its soak and its sample are reached, at most three times its soak', () => {
  const [first] = replayedStages(plan.parse(presetPlan('standard')))
  if (!first) throw new Error('no stage')
  const over = (hours: number, firstAttempts: number) =>
    isOver(first, 1000, 1000 + hours * hour, firstAttempts)
  expect([over(23, 500), over(24, 99), over(24, 100), over(71, 99), over(72, 0)]).toEqual([
    false,
    false,
    true,
    false,
    true,
  ])
})

test('a plan that names the longest time of a stage is followed for that long, and a stage without soak for a day', () => {
  const soaking = presetPlan('hot-fix', 120)
  expect(longestStageMs(plan.parse({ ...soaking, longestStageMinutes: 300 }))).toBe(5 * hour)
  expect(longestStageMs(plan.parse({ ...soaking, longestStageMinutes: 60 }))).toBe(2 * hour)
  expect(longestStageMs(aPlan())).toBe(3 * day)
})

test('a short stage may last a day, to reach its sample', () => {
  const [short] = replayedStages(plan.parse(presetPlan('standard', 5)))
  expect(short).toMatchObject({ soakMs: hour / 12, firstAttempts: 100, longestMs: day })
})
