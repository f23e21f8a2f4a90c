// The plans people pick by name. Sample and soak targets: first stage 100 first attempts and a day,
// 300 at a quarter, 500 at a half; the hot-fix 30 and half an hour. All can be set per rollout.
import { type PlanInput, presetNames, type Soak, type StageTarget } from './plan.ts'

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
  const hurried = preset === 'hot-fix'
  const stages = targets[preset].map((target, index, all) => {
    const soak = usualSoak(target, index === all.length - 1, soakMinutes ?? (hurried ? 30 : undefined))
    return { target, soak: hurried && soak.firstAttempts > 0 ? { ...soak, firstAttempts: 30 } : soak }
  })
  return { preset, stages }
}

/** A plan of stages of one's own: those without a soak get what a preset's stage of that size has. */
export function customPlan(
  stages: { target: StageTarget; soak?: Soak | undefined; approvals?: number }[],
  soakMinutes?: number,
): PlanInput {
  return {
    preset: 'custom',
    stages: stages.map(({ target, soak, approvals = 0 }, index) => ({
      target,
      approvals,
      soak: soak ?? usualSoak(target, index === stages.length - 1, soakMinutes),
    })),
  }
}

export function isPresetName(name: string): name is PresetName {
  return (presetNames as readonly string[]).includes(name)
}

/** The last stage only waits for its stations: what it would gather, the watch after completion does. */
function usualSoak(target: StageTarget, last: boolean, soakMinutes = 24 * 60): Soak {
  if (last) return { minutes: 0, firstAttempts: 0, firstAttemptsPerStation: 0, shifts: 0 }
  return { minutes: soakMinutes, firstAttempts: samples(target), firstAttemptsPerStation: 0, shifts: 0 }
}

function samples(target: StageTarget): number {
  if ('stations' in target || target.share < 0.25) return 100
  return target.share < 0.5 ? 300 : 500
}
