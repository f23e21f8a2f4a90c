// How a rollout ended, in one of six words.
import { z } from 'zod'
import type { ToldRollback, ToldRollout } from './told-rollout.ts'

export const outcome = z.enum([
  'live',
  'completed',
  'aborted by a person',
  'rolled back by a gate',
  'rolled back after completion',
  'superseded',
])
export type RolloutOutcome = z.infer<typeof outcome>

export type EndedRollout = ToldRollout & { outcome: RolloutOutcome; rollback: ToldRollback | null }

/**
 * A rollback is that of the last rollout that had completed with the build it took back. An abort that lets another
 * build than base prove the way back made room for a successor: it says nothing of the build.
 */
export function withOutcomes(rollouts: ToldRollout[], rollbacks: ToldRollback[]): EndedRollout[] {
  const takenBack = new Map<ToldRollout, ToldRollback>()
  for (const rollback of rollbacks.toSorted((a, b) => a.at - b.at)) {
    const completed = rollouts
      .filter((each) => each.procedureId === rollback.procedureId && each.deploymentId === rollback.from)
      .filter((each) => (completedAt(each) ?? Number.POSITIVE_INFINITY) <= rollback.at)
      .toSorted((a, b) => (completedAt(b) ?? 0) - (completedAt(a) ?? 0))[0]
    if (completed && !takenBack.has(completed)) takenBack.set(completed, rollback)
  }
  return rollouts.map((rollout) => {
    const rollback = takenBack.get(rollout) ?? null
    return { ...rollout, rollback, outcome: rollback ? 'rolled back after completion' : ownOutcome(rollout) }
  })
}

export function completedAt({ events }: ToldRollout): number | null {
  return events.find(({ type }) => type === 'RolloutCompleted')?.at ?? null
}

export function abortOf({ events }: ToldRollout) {
  return events.find((event) => event.type === 'RolloutAborted') ?? null
}

function ownOutcome(rollout: ToldRollout): RolloutOutcome {
  if (completedAt(rollout) !== null) return 'completed'
  const abort = abortOf(rollout)
  if (!abort) return 'live'
  if (abort.wayBack.some((id) => id !== rollout.baseDeploymentId)) return 'superseded'
  return abort.by.kind === 'service' ? 'rolled back by a gate' : 'aborted by a person'
}

/** Its build was found bad, or was thought so. */
export function wasTakenBack(outcome: RolloutOutcome): boolean {
  return (
    outcome === 'aborted by a person' ||
    outcome === 'rolled back by a gate' ||
    outcome === 'rolled back after completion'
  )
}

/** It went everywhere, stayed, and nothing was found afterwards. */
export function isHealthy({ outcome, events }: EndedRollout): boolean {
  return outcome === 'completed' && !events.some(({ type }) => type === 'WatchAlarmed')
}
