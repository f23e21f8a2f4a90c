// What a route demands of whoever asks, as its schema declares it: the hook that lets in reads it, and so does the
// description of the interface.
import { type Scope, scope, scopeMeanings, scopes } from '../domain/scopes.ts'

type Security = { [scheme: string]: readonly string[] }[]

/** An API token with the scope. */
export function demands(needed: Scope): Security {
  return [{ token: [needed] }]
}

/** A station's own key, or an API token with the scope in the name of any station. */
export function demandsStationOr(needed: Scope): Security {
  return [{ stationKey: [] }, { token: [needed] }]
}

export function demandsStation(): Security {
  return [{ stationKey: [] }]
}

/** On purpose: a test holds the list of these against a written one. */
export const open: Security = []

export const securitySchemes = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: `An API token (fpt_…) with the scope that the route names, or ADMIN_TOKEN. Scopes: ${scopes
      .map((each) => `**${each}** ${scopeMeanings[each]}`)
      .join('; ')}.`,
  },
  stationKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'The key of a station (fps_…), which speaks for that station alone.',
  },
} as const

/** `scope` null: no token opens it. */
export type Demand = { scope: Scope | null; isForStations: boolean }

/** Null: nothing is demanded, or nothing was declared. */
export function readDemand(
  security: readonly Record<string, readonly string[]>[] | undefined,
): Demand | null {
  if (security === undefined || security.length === 0) return null
  const named = security.find((each) => 'token' in each)?.token?.[0]
  return {
    scope: named === undefined ? null : scope.parse(named),
    isForStations: security.some((each) => 'stationKey' in each),
  }
}
