// Which measures are counted beside each other in one reading of all runs: a run has one usual number in each slot.
import type { RolloutId } from '../server/domain/ids.ts'
import { gateCountings, type Measure } from './built-in-countings.ts'
import type { RolloutWindow } from './rollout-windows.ts'

/** Pieces between the moments where claims begin and end: those from `first` to `last` are a rollout's own. */
export type Pieces = { first: number; last: number }

export type Slot = {
  layer: number
  measure: Measure
  /** No two of them claim the same piece. */
  rollouts: { id: RolloutId; piece: Pieces }[]
}

/**
 * A slot for each measure that any of the rollouts has, and again for rollouts that claim the same runs as another, such
 * as one that is still watched while the next is live.
 */
export function measureSlots(windows: RolloutWindow[], pieces: ReadonlyMap<RolloutId, Pieces>): Slot[] {
  const claims = windows
    .flatMap((window) => {
      const piece = pieces.get(window.rolloutId)
      return piece && piece.first <= piece.last ? [{ window, piece }] : []
    })
    .sort((a, b) => a.piece.first - b.piece.first)
  const ends: number[] = []
  const slots = new Map<string, Slot>()
  for (const { window, piece } of claims) {
    const free = ends.findIndex((end) => end < piece.first)
    const layer = free === -1 ? ends.length : free
    ends[layer] = piece.last
    for (const measure of gateCountings(window.gates).measures) {
      const key = JSON.stringify([layer, measure])
      const slot = slots.get(key) ?? { layer, measure, rollouts: [] }
      slot.rollouts.push({ id: window.rolloutId, piece })
      slots.set(key, slot)
    }
  }
  return [...slots.values()]
}
