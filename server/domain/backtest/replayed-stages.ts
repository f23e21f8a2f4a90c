// The stages of a plan that can be replayed: all that leave stations on base to compare with.
import { day, type Instant, minute } from '../instant.ts'
import type { Plan } from '../plan.ts'
import { targetLabel } from '../target-label.ts'

export type ReplayedStage = {
  /** Its place in the plan: gates may act in some stages only. */
  index: number
  /** "1 station", "25 %". */
  label: string
  /** It lasts until both are reached, but no longer than `longestMs`. */
  soakMs: number
  firstAttempts: number
  longestMs: number
}

/** A stage that soaks for no time of its own is watched for a day. */
export function replayedStages(plan: Plan): ReplayedStage[] {
  return plan.stages.slice(0, -1).map(({ target, soak }, index) => {
    const soakMs = soak.minutes > 0 ? soak.minutes * minute : day
    const longestMs =
      plan.longestStageMinutes === null
        ? Math.max(overdueFactor * soakMs, day)
        : Math.max(soakMs, plan.longestStageMinutes * minute)
    return { index, label: targetLabel(target), soakMs, firstAttempts: soak.firstAttempts, longestMs }
  })
}

/** Whether a stage that began at `from` has all it asks for. */
export function isOver(stage: ReplayedStage, from: Instant, at: Instant, firstAttempts: number): boolean {
  const lasted = at - from
  return lasted >= stage.longestMs || (lasted >= stage.soakMs && firstAttempts >= stage.firstAttempts)
}

/** As long as a stage may last where the plan says nothing: then a person decides, who lets a short one gather more. */
const overdueFactor = 3

/** How much time after its start a rollout is followed. 0 for a plan of one stage: it leaves nothing to compare with. */
export function longestStageMs(plan: Plan): number {
  return Math.max(0, ...replayedStages(plan).map(({ longestMs }) => longestMs))
}
