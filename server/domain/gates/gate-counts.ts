// From tallies to what the gates judge: each station once, in the arm it is in now.

import type { StationId } from '../ids.ts'
import type { Running } from '../rollout/state.ts'
import type { Arm, Counts } from '../tally.ts'
import type { GateCounts, GateStation } from './evaluate-gates.ts'

type StationCounts = Counts & { arm: Arm; stationId: StationId }
type Past = {
  stationId: StationId
  pastUnits: number
  pastBad: number
  pastRuns: number
  pastErrors: number
  pastTimeouts: number
}

/** All that is counted, less what started at or after the watermark. */
export function judgedCounts(counts: StationCounts[], early: StationCounts[]): StationCounts[] {
  const later = new Map(early.map((count) => [`${count.arm}/${count.stationId}`, count]))
  return counts.map((count) => {
    const less = later.get(`${count.arm}/${count.stationId}`)
    if (!less) return count
    const units = Math.max(0, count.units - less.units)
    return {
      ...count,
      units,
      // The two reads may be a commit apart: more passed than units would be a negative count of bad ones.
      passed: Math.min(units, Math.max(0, count.passed - less.passed)),
      runs: Math.max(0, count.runs - less.runs),
      errors: Math.max(0, count.errors - less.errors),
      timeouts: Math.max(0, count.timeouts - less.timeouts),
    }
  })
}

/**
 * A station that has run the new build counts for the canary from its own switch; until then it is base, and what it
 * did as base is no longer concurrent with the base stations that remain.
 */
export function gateStations(state: Running, pasts: Past[], counts: StationCounts[]): GateStation[] {
  const count = new Map(counts.map((each) => [`${each.arm}/${each.stationId}`, each]))
  return pasts.map((past) => {
    const canary = count.get(`canary/${past.stationId}`)
    const status = state.stations[past.stationId]?.status
    const arm = canary || status === 'confirmed' ? 'canary' : 'base'
    const since = arm === 'canary' ? canary : count.get(`base/${past.stationId}`)
    return {
      id: past.stationId,
      arm,
      past: {
        units: past.pastUnits,
        bad: past.pastBad,
        runs: past.pastRuns,
        errors: past.pastErrors,
        timeouts: past.pastTimeouts,
      },
      since: since ? sinceCounts(since) : none,
    }
  })
}

function sinceCounts(counts: Counts): GateCounts {
  return {
    units: counts.units,
    bad: counts.units - counts.passed,
    runs: counts.runs,
    errors: counts.errors,
    timeouts: counts.timeouts,
  }
}

const none: GateCounts = { units: 0, bad: 0, runs: 0, errors: 0, timeouts: 0 }
