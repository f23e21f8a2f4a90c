// Valid plans and ids: a test states only what matters to it.
import { deploymentId, procedureId, rolloutId, type StationId, stationId } from '../../server/domain/ids.ts'
import { type Plan, type PlanInput, plan } from '../../server/domain/plan.ts'

export const procedure = procedureId.parse('10000000-0000-4000-8000-000000000001')
export const base = deploymentId.parse('20000000-0000-4000-8000-000000000001')
export const build = deploymentId.parse('20000000-0000-4000-8000-000000000002')
export const thirdBuild = deploymentId.parse('20000000-0000-4000-8000-000000000003')
export const rollout = rolloutId.parse('30000000-0000-4000-8000-000000000001')

/** Station 1, 2, 3 … of the order. */
export function station(number: number): StationId {
  return stationId.parse(`40000000-0000-4000-8000-${String(number).padStart(12, '0')}`)
}

export function stations(count: number): StationId[] {
  return Array.from({ length: count }, (_, index) => station(index + 1))
}

/** One station, half, all; without soak or samples unless the test asks for them. */
export function aPlan(what: Partial<PlanInput> = {}): Plan {
  const stages = [{ target: { stations: 1 } }, { target: { share: 0.5 } }, { target: { share: 1 } }]
  return plan.parse({ preset: 'custom', stages, ...what })
}

/** Stages of these shares, as fractions. */
export function shares(...fractions: number[]): PlanInput['stages'] {
  return fractions.map((share) => ({ target: { share } }))
}
