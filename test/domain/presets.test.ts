import { describe, expect, test } from 'vitest'
import { plan, presetNames } from '../../server/domain/plan.ts'
import { customPlan, isPresetName, presetPlan } from '../../server/domain/presets.ts'
import { stageSize } from '../../server/domain/stage-size.ts'
import { targetLabel } from '../../server/domain/target-label.ts'

const labels = (name: (typeof presetNames)[number]) =>
  plan.parse(presetPlan(name)).stages.map((stage) => targetLabel(stage.target))

describe('the presets', () => {
  test.each([
    ['standard', ['1 station', '25 %', '50 %', 'all stations']],
    ['conventional', ['1 %', '5 %', '25 %', '50 %', 'all stations']],
    ['careful', ['1 station', '2 stations', '10 %', '25 %', '50 %', 'all stations']],
    ['high-risk', ['0.5 %', '1 %', '5 %', '10 %', '25 %', '50 %', 'all stations']],
    ['two-stage', ['50 %', 'all stations']],
    ['small-fleet', ['1 station', '50 %', 'all stations']],
    ['hot-fix', ['1 station', 'all stations']],
  ] as const)('%s goes by its known stages', (name, expected) => {
    expect(labels(name)).toEqual(expected)
  })

  test('are all there, and nothing else is one', () => {
    expect(presetNames.every(isPresetName)).toBe(true)
    expect(isPresetName('custom')).toBe(false)
    expect(isPresetName('toString')).toBe(false)
  })

  test('ask 100, 300 and 500 first attempts and a day of soak, the last stage nothing more', () => {
    const { stages } = plan.parse(presetPlan('standard'))
    expect(stages.map((stage) => stage.soak.firstAttempts)).toEqual([100, 300, 500, 0])
    expect(stages.map((stage) => stage.soak.minutes)).toEqual([1440, 1440, 1440, 0])
  })

  test('ask of a hot-fix 30 first attempts and half an hour', () => {
    expect(plan.parse(presetPlan('hot-fix')).stages[0]?.soak).toMatchObject({
      minutes: 30,
      firstAttempts: 30,
    })
  })

  test('take another soak for every stage but the last', () => {
    const { stages } = plan.parse(presetPlan('conventional', 5))
    expect(stages.map((stage) => stage.soak.minutes)).toEqual([5, 5, 5, 5, 0])
  })

  test('take of a small fleet one station, half, all', () => {
    const small = plan.parse(presetPlan('small-fleet'))
    expect([0, 1, 2].map((index) => stageSize(small, index, 6))).toEqual([1, 3, 6])
  })

  test.each(presetNames)('%s never shrinks, on fleets of every size', (name) => {
    const parsed = plan.parse(presetPlan(name))
    for (const count of [1, 2, 3, 5, 10, 40, 1000]) {
      const sizes = parsed.stages.map((_, index) => stageSize(parsed, index, count))
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
      expect(sizes.at(-1)).toBe(count)
    }
  })
})

test('stages of one’s own soak as a preset’s of their size, unless they say otherwise', () => {
  const soak = { minutes: 5, firstAttempts: 7, firstAttemptsPerStation: 1, shifts: 3 }
  const stages = [
    { target: { stations: 3 } },
    { target: { share: 0.3 }, soak, approvals: 2 },
    { target: { share: 1 } },
  ]
  const own = plan.parse(customPlan(stages))
  expect(own).toMatchObject({
    preset: 'custom',
    stages: [{ soak: { minutes: 1440, firstAttempts: 100 } }, {}, {}],
  })
  expect(own.stages[1]).toMatchObject({ soak, approvals: 2 })
  expect(own.stages[2]?.soak).toMatchObject({ minutes: 0, firstAttempts: 0 })
})
