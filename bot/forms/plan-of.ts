// A plan from typed stages or a preset's name.
import type { Group, PlanInput, StageTarget } from '../../server/domain/plan.ts'
import { customPlan, type PresetName, presetPlan } from '../../server/domain/presets.ts'

/** `soakMinutes`: the procedure's own soak, where it has one. */
export function planOf(
  chosen: { preset: PresetName } | { stages: StageTarget[] },
  group: Group | null,
  soakMinutes: number | null,
): PlanInput {
  const plan =
    'preset' in chosen
      ? presetPlan(chosen.preset, soakMinutes ?? undefined)
      : customPlan(
          chosen.stages.map((target) => ({ target })),
          soakMinutes ?? undefined,
        )
  return group === null ? plan : { ...plan, group }
}
