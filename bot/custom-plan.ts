// A plan from typed stages or a preset's name. Typed stages soak and gather samples as a preset's of that size do.
import type { Group, PlanInput, StageTarget } from '../server/domain/plan.ts'
import { type PresetName, presetPlan } from '../server/domain/presets.ts'

const dayInMinutes = 24 * 60

/** `soakMinutes`: the procedure's own soak, where it has one. */
export function planOf(
  chosen: { preset: PresetName } | { stages: StageTarget[] },
  group: Group | null,
  soakMinutes: number | null,
): PlanInput {
  const plan =
    'preset' in chosen
      ? presetPlan(chosen.preset, soakMinutes ?? undefined)
      : customPlan(chosen.stages, soakMinutes ?? dayInMinutes)
  return group === null ? plan : { ...plan, group }
}

function customPlan(targets: StageTarget[], soakMinutes: number): PlanInput {
  const stages = targets.map((target, index) => ({
    target,
    ...(index === targets.length - 1
      ? {}
      : { soak: { minutes: soakMinutes, firstAttempts: firstAttempts(target) } }),
  }))
  return { preset: 'custom', stages }
}

/** The presets' targets: 100 first attempts, 300 from a quarter of the stations, 500 from a half. */
function firstAttempts(target: StageTarget): number {
  if ('stations' in target || target.share < 0.25) return 100
  return target.share < 0.5 ? 300 : 500
}
