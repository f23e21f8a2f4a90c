// The expected "no"s that several commands share.
import { targetLabel } from '../target-label.ts'
import type { Refusal } from './commands.ts'
import type { RolloutState } from './state.ts'

export function notRunning(state: RolloutState): Refusal {
  if (state.status === 'pending')
    return notNow('the rollout has not started', 'Approve its start, or abort it.')
  return notNow(
    'the rollout is being aborted',
    'Wait until every station is back on base, or waive the silent ones.',
  )
}

export const notNow = (why: string, next: string): Refusal => ({ refused: 'not now', why, next })

export const invalid = (why: string, next: string): Refusal => ({ refused: 'invalid', why, next })

export const percent = (share: number) => targetLabel({ share: Number.isFinite(share) ? share : 0 })
