// What the sign-off button of a containment list carries: which rollout, as an id. Never authority.
import { type RolloutId, rolloutId } from '../server/domain/ids.ts'
import { readObject } from './button-value.ts'

export function containmentValue(id: RolloutId): string {
  return JSON.stringify({ r: id })
}

export function readContainmentValue(text: string | undefined): RolloutId | null {
  return rolloutId.safeParse(readObject(text).r).data ?? null
}
