// What starts a rollout over HTTP: a plan by its preset or by its stages, and all that a plan may ask.
import { z } from 'zod'
import { gates } from '../domain/gates/gate.ts'
import { deploymentId, procedureId, stationId } from '../domain/ids.ts'
import { group, type PlanInput, plan, presetNames, soak, stage } from '../domain/plan.ts'
import { customPlan, presetPlan } from '../domain/presets.ts'
import { shifts } from '../domain/shifts.ts'
import { readTime } from '../domain/time-text.ts'
import type { Service, StartInput } from '../service.ts'
import { camelCase } from './snake-case.ts'

/** Keys in snake_case, as everywhere in the interface; those of the inside are taken too. */
const written = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(camelCase, schema)

export const startBody = z.strictObject({
  procedure_id: procedureId,
  deployment_id: deploymentId,
  preset: z
    .enum(presetNames)
    .optional()
    .describe('The stages by name; standard when neither preset nor stages is given.'),
  stages: z
    .array(written(stage.extend({ soak: soak.optional() })))
    .optional()
    .describe(
      'Stages of your own; the last takes { "share": 1 }. Without a soak a stage gets the usual one of its size.',
    ),
  group: group.optional(),
  hand_picked: z.array(stationId).optional(),
  progression: z.enum(['fleet', 'site']).optional(),
  gates: written(gates)
    .optional()
    .describe('Gates of your own; without them those of the procedure’s policy or risk class.'),
  passes: plan.shape.passes.unwrap().optional(),
  expected_yield_change: plan.shape.expectedYieldChange
    .unwrap()
    .optional()
    .describe('Points of yield that the build is declared to change by: -0.008 is 0.8 points less.'),
  expectation: plan.shape.expectation
    .unwrap()
    .optional()
    .describe('What is expected of the build, in words: "VCC limits tightened, -0.8 points in Power".'),
  shifts: shifts.optional(),
  longest_stage_minutes: plan.shape.longestStageMinutes.unwrap().optional(),
  watch_minutes: plan.shape.watchMinutes.unwrap().optional(),
  start_approvals: z.int().min(0).max(10).optional(),
  four_eyes: z.boolean().optional().describe('Whoever starts the rollout may not approve it.'),
  approvals_last_minutes: plan.shape.approvalsLastMinutes.unwrap().optional(),
  start_at: z
    .string()
    .refine((text) => readTime(text) !== null, 'expected an ISO 8601 time such as 2026-05-22T06:00:00Z')
    .optional(),
  reason: z.string().trim().max(2000).optional(),
  command_id: z.string().min(1).max(200).optional().describe('The same id twice is one command.'),
})
type StartBody = z.infer<typeof startBody>

/** The same, before anybody starts it: a build need not be chosen yet. */
export const previewBody = startBody
  .omit({ start_at: true, reason: true, command_id: true })
  .partial({ deployment_id: true })
type PreviewBody = z.infer<typeof previewBody>

export async function startInput(body: StartBody, service: Pick<Service, 'procedure'>): Promise<StartInput> {
  return {
    procedureId: body.procedure_id,
    deploymentId: body.deployment_id,
    plan: await planInput(body, service),
    reason: body.reason ?? null,
    startAt: body.start_at ? (readTime(body.start_at)?.at ?? null) : null,
  }
}

export async function planInput(body: PreviewBody, service: Pick<Service, 'procedure'>): Promise<PlanInput> {
  const procedure = await service.procedure(body.procedure_id)
  const soakMinutes = procedure?.soakMinutes ?? undefined
  const stages = body.stages
    ? customPlan(body.stages, soakMinutes)
    : presetPlan(body.preset ?? 'standard', soakMinutes)
  return { ...stages, ...asked(body) }
}

/** Only what was named: the rest is the policy's, or a plan's own. */
function asked(body: PreviewBody): Partial<PlanInput> {
  const all = {
    group: body.group,
    handPicked: body.hand_picked,
    progression: body.progression,
    gates: body.gates,
    passes: body.passes,
    expectedYieldChange: body.expected_yield_change,
    shifts: body.shifts,
    longestStageMinutes: body.longest_stage_minutes,
    watchMinutes: body.watch_minutes,
    startApprovals: body.start_approvals,
    expectation: body.expectation,
    fourEyes: body.four_eyes,
    approvalsLastMinutes: body.approvals_last_minutes,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
