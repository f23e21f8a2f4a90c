// What several events do to a state.
import { fullShifts } from '../shifts.ts'
import type { Breach, Decision, RolloutState, Running, StationProgress } from './state.ts'

export function soakStopped<State extends Omit<Running, 'status' | 'pause'>>(
  state: State,
  at: number,
): State {
  const soaked = state.soakedMs + (state.soakingSince === null ? 0 : Math.max(0, at - state.soakingSince))
  const through = state.soakingSince === null ? 0 : fullShifts(state.plan.shifts, state.soakingSince, at)
  return { ...state, soakedMs: soaked, soakedShifts: state.soakedShifts + through, soakingSince: null }
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
