// The words of the fleet: what is wrong with a station, and how far it is with its build.
import type { BuildProgress } from '../../server/domain/build-progress.ts'
import type { FleetFilter, TroubleKind } from '../../server/domain/fleet/fleet.ts'

export const troubleWords: Record<TroubleKind, string> = {
  'taken back': 'runs what was taken back',
  drifted: 'runs another build',
  'reference sample': 'reference sample wrong',
  'not back': 'not back in time',
  failed: 'failed to load its build',
  silent: 'silent',
  'never seen': 'never seen',
  'clock off': 'clock off',
}

export const progressWords: Record<BuildProgress, string> = {
  'nothing asked': 'nothing asked of it',
  'not told yet': 'has not asked yet',
  told: 'told, no answer yet',
  'failed to take it': 'failed to load it',
  pulled: 'pulled, no run yet',
  'says it runs': 'says it runs, no run yet',
  confirmed: 'confirmed by a run',
  'runs another build': 'runs another build',
}

/** Choices beside the kinds of trouble. */
export const choiceWords: Record<Exclude<FleetFilter['trouble'], TroubleKind | null>, string> = {
  any: 'in trouble',
  'catching up': 'catching up',
  aside: 'set aside',
}
