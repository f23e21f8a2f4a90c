// Moments, people and ids that tests of what is shown share.
import type { Actor } from '../../server/domain/actor.ts'

export const noon = Date.UTC(2026, 10, 20, 12)
export const ines: Actor = { kind: 'person', id: 'U0TESTENG1', name: 'Ines Duarte', door: 'slack' }
export const marek: Actor = { kind: 'person', id: 'U0PROCESS1', name: 'Marek Nowak', door: 'slack' }
export const firstpass: Actor = { kind: 'service', id: 'firstpass', name: 'Firstpass', door: 'service' }

/** Different kinds or numbers, different ids; the same ones, the same id. */
export function uuid(kind: number, number: number): string {
  return `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`
}
