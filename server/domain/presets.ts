// The plans people pick by name. Sample and soak targets: first stage 100 first attempts and a day,
// 300 at a quarter, 500 at a half; the hot-fix 30 and half an hour. All can be set per rollout.
import { type PlanInput, presetNames, type Stage, type StageTarget } from './plan.ts'

export type PresetName = (typeof presetNames)[number]

const one: StageTarget = { stations: 1 }
const share = (fraction: number): StageTarget => ({ share: fraction })

const targets: Record<PresetName, StageTarget[]> = {
  standard: [one, share(0.25), share(0.5), share(1)],
  conventional: [share(0.01), share(0.05), share(0.25), share(0.5), share(1)],
  careful: [one, { stations: 2 }, share(0.1), share(0.25), share(0.5), share(1)],
  'high-risk': [share(0.005), share(0.01), share(0.05), share(0.1), share(0.25), share(0.5), share(1)],
  'two-stage': [share(0.5), share(1)],
  'small-fleet': [one, share(0.5), share(1)],
  'hot-fix': [one, share(1)],
}

/** The plan of a preset, ready for `plan.parse`. `soakMinutes` replaces the day of soak of every stage. */
export function presetPlan(preset: PresetName, soakMinutes?: number): PlanInput {
  const stages = targets[preset].map((target, index, all) =>
    stageOf(preset, target, index === all.length - 1, soakMinutes),
  )
  return { preset, stages }
}

export function isPresetName(name: string): name is PresetName {
  return (presetNames as readonly string[]).includes(name)
}

function stageOf(preset: PresetName, target: StageTarget, last: boolean, soakMinutes?: number): Stage {
  const soak = last
    ? { minutes: 0, firstAttempts: 0, firstAttemptsPerStation: 0 }
    : {
        minutes: soakMinutes ?? (preset === 'hot-fix' ? 30 : 24 * 60),
        firstAttempts: samples(preset, target),
        firstAttemptsPerStation: 0,
      }
  return { target, soak, approvals: 0 }
}

function samples(preset: PresetName, target: StageTarget): number {
  if (preset === 'hot-fix') return 30
  if ('stations' in target || target.share < 0.25) return 100
  return target.share < 0.5 ? 300 : 500
}
