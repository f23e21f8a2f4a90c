// An expected "no" of the service.
import type { Refusal } from './domain/rollout/commands.ts'

export function refuse(refused: Refusal['refused'], why: string, next: string): Refusal {
  return { refused, why, next }
}
