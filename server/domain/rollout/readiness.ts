// How far the current stage is from advancing: everything an Advance needs, each item met or not.

import type { VerdictWord } from '../gates/verdict.ts'
import type { StationId } from '../ids.ts'
import type { Instant } from '../instant.ts'
import { minute } from '../instant.ts'
import { approvalsNeeded, countedApprovals } from './approvals.ts'
import {
  blocks,
  canaryStations,
  type Pending,
  type RolloutState,
  type Running,
  soakedMs,
  soakedShifts,
  unmeasuredMs,
} from './state.ts'

/** Facts from outside the state: counts of the canary arm, what the gates say, whether a window is open. */
export type StageFacts = {
  overall: VerdictWord | null
  canaryFirstAttempts: number
  firstAttemptsByStation: Partial<Record<StationId, number>>
  /** Null: nothing closes it. Else why advancing is closed now; nobody overrides a freeze. */
  closed: { kind: 'window' | 'freeze' | 'backend'; why: string } | null
  /** Changes of what units are held to that are neither declared nor accepted. */
  changes?: HeldChange[]
}
/** `id`: of the very change; a further one has another. */
export type HeldChange = { id: string; words: string }

export type ReadinessItem = {
  kind:
    | 'stations'
    | 'gates'
    | 'limits'
    | 'soak'
    | 'samples'
    | 'samples per station'
    | 'shifts'
    | 'window'
    | 'freeze'
    | 'backend'
    | 'approvals'
    | 'breach'
  met: boolean
  /** "12 of 100 first attempts" */
  text: string
  done: number
  needed: number
}
export type Readiness = { items: ReadinessItem[]; ready: boolean }

/** All items, in the order in which the verdict looks at them; none is hidden by another. */
export function stageReadiness(state: Running, facts: StageFacts, now: Instant): Readiness {
  const items = [
    openBreaches(state),
    stationsConfirmed(state),
    gates(facts),
    limits(state, facts),
    samples(state, facts),
    samplesPerStation(state, facts),
    soak(state, now),
    shifts(state, now),
    closedItem(facts.closed),
    approvals(state, now),
  ].filter((item) => item !== null)
  return { items, ready: items.every((item) => item.met) }
}

export function unmet(readiness: Readiness): string[] {
  return readiness.items.filter((item) => !item.met).map((item) => item.text)
}

function openBreaches(state: Running): ReadinessItem | null {
  const open = state.breaches.filter(blocks)
  if (open.length === 0) return null
  const names = open.map((breach) => breach.gate).join(', ')
  return {
    kind: 'breach',
    met: false,
    text: `${names} breached: acknowledge with a reason, or abort`,
    done: 0,
    needed: open.length,
  }
}

function stationsConfirmed(state: Running): ReadinessItem {
  const members = canaryStations(state)
  const ready = members.filter(
    (id) => state.stations[id]?.status === 'confirmed' || state.stations[id]?.waived,
  )
  const all = members.length
  return {
    kind: 'stations',
    // A stage that all its stations left has proved nothing.
    met: all > 0 && ready.length === all,
    text: `${ready.length} of ${all} ${all === 1 ? 'station' : 'stations'} confirmed on the new build`,
    done: ready.length,
    needed: all,
  }
}

function gates(facts: StageFacts): ReadinessItem {
  const words: Record<VerdictWord, string> = {
    pass: 'gates pass',
    wait: 'gates still wait for more evidence',
    grey: 'gates are grey: a person decides',
    breach: 'a gate is breached',
    severe: 'a gate is severely breached',
    'no data': 'no canary runs counted yet',
    blind: 'metrics are blind',
  }
  return {
    kind: 'gates',
    met: facts.overall === 'pass',
    text: facts.overall === null ? 'gates have not judged yet' : words[facts.overall],
    done: facts.overall === 'pass' ? 1 : 0,
    needed: 1,
  }
}

/**
 * A change holds the stage it is found in, the first or a later one. Whoever went on from that stage did so in its sight,
 * by an override: it does not hold again further on.
 */
function limits(state: Running, { changes = [] }: StageFacts): ReadinessItem | null {
  const foundAt = new Map(state.changesFound?.map(({ id, stageIndex }) => [id, stageIndex]))
  const open = changes.filter(({ id }) => (foundAt.get(id) ?? state.stageIndex) >= state.stageIndex)
  const [first] = open
  if (!first) return null
  const what =
    open.length === 1
      ? `undeclared change of limits: ${first.words}`
      : `${open.length} undeclared changes of limits, the first: ${first.words}`
  return {
    kind: 'limits',
    met: false,
    text: `${what}; declare or accept it, or override with a reason`,
    done: 0,
    needed: open.length,
  }
}

function samples(state: Running, facts: StageFacts): ReadinessItem | null {
  const needed = state.plan.stages[state.stageIndex]?.soak.firstAttempts ?? 0
  if (needed === 0) return null
  const done = facts.canaryFirstAttempts
  return {
    kind: 'samples',
    met: done >= needed,
    text: `${Math.min(done, needed)} of ${needed} first attempts`,
    done,
    needed,
  }
}

function samplesPerStation(state: Running, facts: StageFacts): ReadinessItem | null {
  const needed = state.plan.stages[state.stageIndex]?.soak.firstAttemptsPerStation ?? 0
  if (needed === 0) return null
  const counts = canaryStations(state)
    .filter((id) => !state.stations[id]?.waived)
    .map((id) => facts.firstAttemptsByStation[id] ?? 0)
  const done = counts.length === 0 ? needed : Math.min(...counts)
  return {
    kind: 'samples per station',
    met: done >= needed,
    text: `${Math.min(done, needed)} of ${needed} first attempts on the slowest station`,
    done,
    needed,
  }
}

function soak(state: Running, now: Instant): ReadinessItem | null {
  const needed = state.plan.stages[state.stageIndex]?.soak.minutes ?? 0
  if (needed === 0) return null
  const done = soakedMs(state, now) / minute
  return {
    kind: 'soak',
    met: done >= needed,
    text: `soaked ${Math.floor(Math.min(done, needed))} of ${needed} min${without(state)}`,
    done,
    needed,
  }
}

function shifts(state: Running, now: Instant): ReadinessItem | null {
  const needed = state.plan.stages[state.stageIndex]?.soak.shifts ?? 0
  if (needed === 0) return null
  const done = soakedShifts(state, now)
  return {
    kind: 'shifts',
    met: done >= needed,
    text: `soaked through ${Math.min(done, needed)} of ${needed} full shifts${without(state)}`,
    done,
    needed,
  }
}

function without(state: Running): string {
  const minutes = Math.round(unmeasuredMs(state) / minute)
  return minutes === 0 ? '' : `, without ${minutes} min that nobody measured`
}

function closedItem(closed: StageFacts['closed']): ReadinessItem | null {
  return closed && { kind: closed.kind, met: false, text: closed.why, done: 0, needed: 1 }
}

/** What the start waits for that a person can give. */
export function startReadiness(state: RolloutState, closed: StageFacts['closed'], now: Instant): Readiness {
  if (state.status !== 'pending') return { items: [], ready: false }
  const items = [closedItem(closed), approvals(state, now)].filter((item) => item !== null)
  return { items, ready: items.length > 0 && items.every((item) => item.met) }
}

function approvals(state: Pending | Running, now: Instant): ReadinessItem | null {
  const needed = approvalsNeeded(state)
  if (needed === 0) return null
  const done = countedApprovals(state, now).length
  const met = done >= needed
  const expired = state.approvals.length - done
  const parts = [
    `${done} of ${needed} approvals${state.status === 'pending' ? ' of the start' : ''}`,
    ...(met || expired === 0 ? [] : [`${expired} ${expired === 1 ? 'has' : 'have'} expired`]),
    ...(met || !state.plan.fourEyes ? [] : ["the author's does not count"]),
  ]
  return { kind: 'approvals', met, text: parts.join('; '), done, needed }
}
