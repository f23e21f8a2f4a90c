// How waiting for a rollout ends, and with which exit code.
import { nameOf, type Rollout, standing } from './rollout.ts'

/** 0 as wanted · 3 paused · 4 aborted · 5 the time is over · 130 Ctrl-C. 1 and 2 are of run.ts. */
export type Outcome = { code: number; text: string }

export type Waiting = {
  /** `aborted`: whoever aborted it waits for just that. */
  wanted: 'completed' | 'aborted'
  until: 'completed' | 'ready'
  throughPauses: boolean
}

/** Null: it goes on. */
export function outcomeOf(rollout: Rollout, { wanted, until, throughPauses }: Waiting): Outcome | null {
  const name = nameOf(rollout)
  switch (rollout.status) {
    case 'completed':
      return { code: 0, text: `${name} completed: every station of the rollout runs it` }
    case 'aborted':
      return {
        code: wanted === 'aborted' ? 0 : 4,
        text: `${name} was aborted${by(rollout.abort)}; every station is back on ${rollout.base.version}`,
      }
    case 'paused':
      if (throughPauses || isRest(rollout)) return null
      return { code: 3, text: `${name} is paused${by(rollout.pause)}\n${rollout.next}` }
    case 'active':
      if (until !== 'ready' || !rollout.readiness.ready) return null
      return { code: 0, text: `${name} is ready: ${standing(rollout)}\n${rollout.next}` }
    case 'pending':
    case 'aborting':
      return null
  }
}

export function timeIsOver(rollout: Rollout): Outcome {
  return { code: 5, text: `${nameOf(rollout)} goes on: ${standing(rollout)}\n${rollout.next}` }
}

export function leftAlone(rollout: Rollout): Outcome {
  return { code: 130, text: `${nameOf(rollout)} goes on without this command: ${standing(rollout)}` }
}

/** Outside of its hours, or while its numbers do not come in: it goes on by itself. */
export function isRest({ pause }: Pick<Rollout, 'pause'>): boolean {
  return pause?.reason === 'window' || pause?.reason === 'blind'
}

function by(act: { by: { name: string }; why: string } | null): string {
  return act ? ` by ${act.by.name}: ${act.why}` : ''
}
