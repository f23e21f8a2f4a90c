// What is known of one station of a procedure: what it was asked to run, what it took, what it ran.
import type { DeploymentId, RolloutId, StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import type { AlarmKind } from './alarm.ts'

/** Half-open: [from, to). `servedAt`: when the station was first answered with it. */
export type Pin = {
  deploymentId: DeploymentId
  rolloutId: RolloutId | null
  from: Instant
  to: Instant | null
  servedAt: Instant | null
}

/** A run of another build than the present pin's, since that pin. */
export type ForeignRun = {
  deploymentId: DeploymentId
  startedAt: Instant
  /** It reached the service long after it had ended: the station was out of reach when it made it. */
  late: boolean
}

/** A known bad unit that passed, or a known good one that did not. */
export type WrongSample = {
  serial: string
  sample: 'golden' | 'failing'
  outcome: string
  deploymentId: DeploymentId | null
  startedAt: Instant
  receivedAt: Instant
}

export type StationFacts = {
  id: StationId
  name: string
  site: string
  /** Held, excluded or waived: somebody knows that nothing is to be expected of it. */
  setAside: boolean
  /** Oldest first, the present one last; the few latest. */
  pins: Pin[]
  /** The present pin took a build back: by an abort or a rollback. */
  revert: { takenBack: DeploymentId; at: Instant; limitMs: number } | null
  /** The first and the latest proof of the present pin's build since that pin: a run's start, or `running`. */
  shownAt: Instant | null
  lastRightAt: Instant | null
  /** The station's last word of what it has; a failed take is none. */
  pickup: { deploymentId: DeploymentId; at: Instant } | null
  /** It said that it could not take the present pin's build. */
  failed: string | null
  lastRun: { deploymentId: DeploymentId; startedAt: Instant; late: boolean } | null
  /** The start of its latest run of any kind, or of the one in progress. */
  aliveAt: Instant | null
  /** Between two of its starts, usually; null: it has no past. */
  usualGapMs: number | null
  foreign: ForeignRun[]
  wrongSamples: WrongSample[]
  /** It is brought its builds by somebody who says that it is given another one than the pin's. */
  elsewhere: { said: string; deploymentId: DeploymentId | null; since: Instant } | null
}

export type Finding = {
  stationId: StationId
  kind: AlarmKind
  since: Instant
  detail: string
  deploymentId: DeploymentId | null
  rolloutId: RolloutId | null
}

/** What every rule may ask beside the station. */
export type Look = {
  now: Instant
  /** A build as people call it. */
  nameOf: (id: DeploymentId) => string
  /** Whether work is to be expected of the station at that moment. */
  isWorking: (station: StationFacts, at: Instant) => boolean
}
