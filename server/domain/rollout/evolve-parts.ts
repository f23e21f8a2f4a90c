// What several events do to a state.
import {
  type Breach,
  type Decision,
  type RolloutState,
  type Soaking,
  type StationProgress,
  soakedMs,
  soakedShifts,
} from './state.ts'

export function soakStopped<State extends Soaking>(state: State, at: number): State {
  return {
    ...state,
    soakedMs: soakedMs(state, at),
    soakedShifts: soakedShifts(state, at),
    soakingSince: null,
  }
}

export function closed(
  breaches: Breach[],
  at: number,
  how: 'recovered' | 'aborted' | 'completed',
  gate?: string,
): Breach[] {
  return breaches.map((breach) =>
    breach.closed === null && (gate === undefined || breach.gate === gate)
      ? { ...breach, closed: { at, how } }
      : breach,
  )
}

export function decided<State extends RolloutState>(
  state: State,
  event: { by: Decision['by']; at: number },
  what: string,
  why: string | null,
): State {
  return { ...state, version: state.version + 1, lastDecision: { what, by: event.by, at: event.at, why } }
}

/** Stays with a station whatever becomes of it. */
export function uncountedOf(station: StationProgress | undefined): Pick<StationProgress, 'uncounted'> {
  return station?.uncounted ? { uncounted: station.uncounted } : {}
}

/** The part every status has, without what only the present one has. */
export function always(state: RolloutState) {
  const {
    id,
    procedureId,
    deploymentId,
    baseDeploymentId,
    plan,
    order,
    stations,
    version,
    owner,
    reason,
    retryOf,
    createdAt,
    lastDecision,
  } = state
  return {
    id,
    procedureId,
    deploymentId,
    baseDeploymentId,
    plan,
    order,
    stations,
    version,
    owner,
    reason,
    retryOf,
    createdAt,
    lastDecision,
  }
}
