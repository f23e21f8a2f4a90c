// A plan completed by the policy of its procedure.
import { describe, expect, test } from 'vitest'
import { alarmBudgetSpent, gates } from '../../server/domain/gates/gate.ts'
import { type PlanInput, plan } from '../../server/domain/plan.ts'
import { planUnder } from '../../server/domain/plan-under-policy.ts'
import { effectivePolicy, organisationPolicy, procedurePolicy } from '../../server/domain/policy.ts'
import { presetPlan } from '../../server/domain/presets.ts'
import { riskClasses } from '../../server/domain/risk-classes.ts'
import { usualShifts } from '../../server/domain/shifts.ts'

const under = (policy: Record<string, unknown>, asked: PlanInput = presetPlan('standard'), zone = 'UTC') =>
  plan.parse(
    planUnder(effectivePolicy(organisationPolicy.parse({}), procedurePolicy.parse(policy)), asked, zone),
  )
const approvals = (policy: Record<string, unknown>, asked?: PlanInput) =>
  under(policy, asked).stages.map((stage) => stage.approvals)
const two = (first: number | undefined): PlanInput => ({
  preset: 'custom',
  stages: [
    { target: { stations: 1 }, ...(first === undefined ? {} : { approvals: first }) },
    { target: { share: 1 } },
  ],
})

test.each(['low', 'standard', 'high'] as const)(
  'a plan of a %s procedure has the gates of that class',
  (riskClass) => {
    const made = under({ riskClass })
    expect(made.gates).toEqual(gates.parse(riskClasses[riskClass].gates))
    expect(made.passes).toBe(riskClasses[riskClass].passes)
    expect(alarmBudgetSpent(made.gates)).toBeCloseTo(0.05, 12)
  },
)

test('a plan that names gates keeps them, and the class still says what passes', () => {
  const made = under({ riskClass: 'high' }, { ...presetPlan('standard'), gates: [{ metric: 'duration' }] })
  expect(made.gates.map((gate) => gate.name)).toEqual(['duration'])
  expect(made.passes).toBe('proven')
  expect(under({}, { ...presetPlan('standard'), gates: [] }).gates).toEqual([])
})

test('gates of the policy go before those of the class', () => {
  const own = [{ metric: 'error rate', name: 'errors', marginPoints: 0.01 }]
  expect(under({ riskClass: 'high', gates: own }).gates).toEqual(gates.parse(own))
})

test('a gate of the policy acts in those of its stages that the plan has, and observes in a plan without them', () => {
  const stages = (asked: number[]) => {
    const [gate] = under({ gates: [{ metric: 'duration', stages: asked }] }, presetPlan('hot-fix')).gates
    return [gate?.stages, gate?.mode]
  }
  expect(stages([0, 1, 3])).toEqual([[0, 1], 'pause'])
  expect(stages([2, 3])).toEqual([null, 'observe'])
})

describe('approvals', () => {
  test('of the policy hold for the start and for every advance; the last stage completes by itself', () => {
    expect(under({ startApprovals: 2 }).startApprovals).toBe(2)
    expect(approvals({ stageApprovals: 1 })).toEqual([1, 1, 1, 0])
  })
  test('that the plan names stay, and a 0 is no way round the policy', () => {
    expect(under({ startApprovals: 2 }, { ...two(2), startApprovals: 1 }).startApprovals).toBe(1)
    expect(under({ startApprovals: 2 }, { ...two(2), startApprovals: 0 }).startApprovals).toBe(2)
    expect(approvals({ stageApprovals: 1 }, two(2))).toEqual([2, 0])
    expect(approvals({ stageApprovals: 1 }, two(0))).toEqual([1, 0])
  })
  test('are by other eyes where the policy or the plan asks for it, and no plan waives that', () => {
    expect(under({ fourEyes: true }, { ...two(1), fourEyes: false }).fourEyes).toBe(true)
    expect(under({ fourEyes: false }, { ...two(1), fourEyes: true }).fourEyes).toBe(true)
    expect(under({}).fourEyes).toBe(false)
  })
  test('last as long as the plan says, else the policy', () => {
    expect(under({ approvalsLastMinutes: 480 }).approvalsLastMinutes).toBe(480)
    const named = { ...two(1), approvalsLastMinutes: 60 }
    expect(under({ approvalsLastMinutes: 480 }, named).approvalsLastMinutes).toBe(60)
    expect(under({}).approvalsLastMinutes).toBe(null)
  })
  test('that nobody names are none', () => {
    expect(under({}).startApprovals).toBe(0)
    expect(approvals({})).toEqual([0, 0, 0, 0])
  })
})

test('shifts and the longest stage time come from the policy where the plan names none', () => {
  const shifts = { zone: 'Asia/Kolkata', starts: ['06:00', '18:00'] }
  expect(under({ shifts, stageMinutes: 90 })).toMatchObject({ shifts, longestStageMinutes: 90 })
  const named = { shifts: { zone: 'UTC', starts: ['08:00'] }, longestStageMinutes: 30 }
  expect(under({ shifts, stageMinutes: 90 }, { ...presetPlan('standard'), ...named })).toMatchObject(named)
})

test('without a word on shifts they are the usual ones of the procedure’s zone', () => {
  expect(under({}, undefined, 'Europe/Paris').shifts).toEqual(usualShifts('Europe/Paris'))
})
