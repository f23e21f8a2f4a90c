// A plan as somebody asks for it, completed by the policy of its procedure before it is parsed and frozen.
import type { Gate } from './gates/gate.ts'
import type { PlanInput } from './plan.ts'
import type { Policy } from './policy.ts'
import { usualShifts } from './shifts.ts'

/**
 * What the plan names stays. No approvals named, or none, means the policy's: nobody starts round it with a 0.
 * @param zone of the procedure: whose day its shifts cut where the policy names none.
 */
export function planUnder(policy: Policy, asked: PlanInput, zone: string): PlanInput {
  const last = asked.stages.length - 1
  return {
    ...asked,
    gates: asked.gates ?? policy.gates.map((gate) => within(gate, asked.stages.length)),
    passes: asked.passes ?? policy.passes,
    shifts: asked.shifts ?? policy.shifts ?? usualShifts(zone),
    longestStageMinutes: asked.longestStageMinutes ?? policy.stageMinutes,
    startApprovals: asked.startApprovals || (policy.startApprovals ?? 0),
    fourEyes: asked.fourEyes || policy.fourEyes,
    approvalsLastMinutes: asked.approvalsLastMinutes ?? policy.approvalsLastMinutes,
    // Nobody advances from the last stage: it completes by itself.
    stages: asked.stages.map((stage, index) =>
      index === last ? stage : { ...stage, approvals: stage.approvals || (policy.stageApprovals ?? 0) },
    ),
  }
}

/** A policy's gate may name stages that this plan does not have: acting in none of its stages, it observes. */
function within(gate: Gate, stageCount: number): Gate {
  if (gate.stages === null) return gate
  const stages = gate.stages.filter((index) => index < stageCount)
  return stages.length > 0 ? { ...gate, stages } : { ...gate, stages: null, mode: 'observe' }
}
