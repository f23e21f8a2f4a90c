// A plan: the stages of a rollout, frozen at its start.
import { z } from 'zod'
import { defaultGates, gates } from './gates/gate.ts'
import { stationId } from './ids.ts'
import { shifts, usualShifts } from './shifts.ts'
import { targetLabel } from './target-label.ts'

export const soak = z.strictObject({
  /** Minutes the stage stays live, with all its stations confirmed or waived. */
  minutes: z
    .number()
    .min(0)
    .max(60 * 24 * 90)
    .default(0),
  /** First attempts counted in the canary arm since the rollout started. */
  firstAttempts: z.int().min(0).default(0),
  /** First attempts on every canary station. */
  firstAttemptsPerStation: z.int().min(0).default(0),
  /** Shifts that the stage has soaked through from beginning to end. */
  shifts: z.int().min(0).max(300).default(0),
})

export const stageTarget = z.union([
  z.strictObject({ share: z.number().gt(0).max(1) }),
  z.strictObject({ stations: z.int().min(1) }),
])
export type StageTarget = z.infer<typeof stageTarget>

export const stage = z.strictObject({
  target: stageTarget,
  soak: soak.prefault({}),
  /** People who must approve before the rollout leaves this stage. */
  approvals: z.int().min(0).max(10).default(0),
})
export type Soak = z.infer<typeof soak>

/** Which stations of the procedure take part; all when every field is empty. */
export const group = z.strictObject({
  sites: z.array(z.string()).default([]),
  lines: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
})
export type Group = z.infer<typeof group>

export const presetNames = [
  'standard',
  'conventional',
  'careful',
  'high-risk',
  'two-stage',
  'small-fleet',
  'hot-fix',
] as const

export const plan = z
  .strictObject({
    preset: z.enum([...presetNames, 'custom']),
    stages: z.array(stage).min(1).max(20),
    group: group.default({ sites: [], lines: [], tags: [] }),
    /** Taken first, in this order. */
    handPicked: z.array(stationId).default([]),
    /** `fleet` spreads every stage over sites and lines; `site` finishes one site before the next. */
    progression: z.enum(['fleet', 'site']).default('fleet'),
    gates: gates.prefault(defaultGates),
    /** `proven`: no stage is passed on what is only likely. */
    passes: z.enum(['likely', 'proven']).default('likely'),
    /** Points of yield that the build is expected to change by itself: −0.008 is 0.8 points less. */
    expectedYieldChange: z.number().gt(-1).lt(1).default(0),
    /** What the author expects of the build, in words: "VCC limits tightened, −0.8 points in Power". */
    expectation: z.string().trim().max(300).nullable().default(null),
    /** The shifts that a soak counts. */
    shifts: shifts.default(usualShifts('UTC')),
    /** A stage that has lasted so long without a pass is for a person to decide; null: three times its soak. */
    longestStageMinutes: z.number().gt(0).nullable().default(null),
    /** People who must approve the start. */
    startApprovals: z.int().min(0).max(10).default(0),
    /** Whoever started the rollout may not approve it. */
    fourEyes: z.boolean().default(false),
    /** An approval that is older no longer counts; null: it lasts as long as its stage. */
    approvalsLastMinutes: z.number().gt(0).nullable().default(null),
    /** How long each station is compared with its own past after completion. */
    watchMinutes: z
      .number()
      .min(0)
      .default(24 * 60),
  })
  .superRefine((value, context) => {
    const last = value.stages.at(-1)
    if (last && !('share' in last.target && last.target.share === 1))
      context.addIssue({
        code: 'custom',
        path: ['stages', value.stages.length - 1, 'target'],
        message: 'the last stage takes all stations: expected { "share": 1 }',
      })
    value.stages.forEach((current, index) => {
      const before = value.stages[index - 1]
      if (before && !mayFollow(before.target, current.target))
        context.addIssue({
          code: 'custom',
          path: ['stages', index, 'target'],
          message: `a stage is larger than the one before: expected more than ${targetLabel(before.target)}, got ${targetLabel(current.target)}`,
        })
    })
    value.gates.forEach((each, index) => {
      const beyond = each.stages?.find((stageIndex) => stageIndex >= value.stages.length)
      if (beyond !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['gates', index, 'stages'],
          message: `expected indexes of the ${value.stages.length} stages, from 0 to ${value.stages.length - 1}, got ${beyond}`,
        })
    })
  })
export type Plan = z.infer<typeof plan>
export type PlanInput = z.input<typeof plan>

/** Counts and shares compare only with their own kind: on a small fleet 2 stations may be more than 10 %. */
function mayFollow(before: StageTarget, current: StageTarget): boolean {
  if ('share' in before && 'share' in current) return current.share > before.share
  if ('stations' in before && 'stations' in current) return current.stations > before.stations
  return true
}
