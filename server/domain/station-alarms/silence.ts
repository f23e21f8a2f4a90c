// Stations that nothing is heard of. Silence is one alarm: of a build that never arrived, or of work that stopped.
import { type Instant, minute } from '../instant.ts'
import { about } from './drift-rules.ts'
import { quietLimitMs } from './quiet-limit.ts'
import { isOnItsWayBack } from './revert-overdue.ts'
import type { Finding, Look, StationFacts } from './station-facts.ts'
import { workingTime } from './working-time.ts'

/** `dueInMs`: until it is an alarm; zero or less: it is one. */
export type Silence = Finding & { quietMs: number; dueInMs: number }

/** Null: nothing is to be expected of it, or its silence is another alarm's. */
export function silence(station: StationFacts, look: Look): Silence | null {
  if (station.setAside || isOnItsWayBack(station)) return null
  const found = unanswered(station, look) ?? stale(station)
  if (found === null || !look.isWorking(station, look.now)) return null
  const limitMs = quietLimitMs(station)
  const quietMs = look.now - found.since
  // Where it is silent for less than that by the clock, the hours need not be asked.
  const worked =
    quietMs < limitMs
      ? { totalMs: quietMs, sinceOpeningMs: quietMs }
      : workingTime((at) => look.isWorking(station, at), found.since, look.now)
  const dueInMs = Math.max(limitMs - worked.totalMs, settlingMs - worked.sinceOpeningMs)
  const { gap, ...finding } = found
  return { ...finding, detail: `${found.detail} for ${duration(quietMs)}${gap}`, quietMs, dueInMs }
}

/** A site that has just opened is given the least limit, whatever happened before it closed. */
const settlingMs = 30 * minute

type Quiet = Finding & { gap: string }

function unanswered(station: StationFacts, { nameOf }: Look): Quiet | null {
  const pin = station.pins.at(-1)
  const isKnown = station.aliveAt !== null || station.pickup !== null || pin?.servedAt != null
  // A bench that was never heard of is not in service yet.
  if (!pin || !isKnown || station.shownAt !== null) return null
  if (station.pickup?.deploymentId === pin.deploymentId) return null
  // What it ran before the pin's change was still right.
  if (station.lastRun?.deploymentId === pin.deploymentId) return null
  const failed = station.failed === null ? '' : `, which it could not take (${station.failed}),`
  return {
    ...about(station),
    kind: 'pinned but silent',
    since: Math.max(pin.from, station.aliveAt ?? 0),
    detail: `asked to run ${nameOf(pin.deploymentId)}${failed} it has neither pulled nor run it, and not been heard of`,
    deploymentId: pin.deploymentId,
    gap: '',
  }
}

function stale(station: StationFacts): Quiet | null {
  const { aliveAt, pickup, usualGapMs } = station
  const pin = station.pins.at(-1)
  if (!pin || aliveAt === null) return null
  return {
    ...about(station),
    kind: 'stale',
    since: Math.max(aliveAt, pin.from, pickup?.at ?? 0),
    detail: 'no run',
    deploymentId: null,
    gap: usualGapMs === null ? '' : `, usually every ${duration(usualGapMs)}`,
  }
}

/**
 * A line that loses its power falls silent station by station, as each one's limit passes. Those that follow within
 * minutes are waited for, so that all of them are told together.
 */
export function toldTogether(silences: Silence[]): Silence[] {
  const due = silences.filter((each) => each.dueInMs <= 0)
  const longest = Math.max(...due.map((each) => -each.dueInMs), 0)
  const follows = silences.some(
    (each) => each.dueInMs > 0 && each.dueInMs <= gatherMs && each.quietMs >= each.dueInMs,
  )
  return follows && longest < gatherMs ? [] : due
}

const gatherMs = 5 * minute

/** "40 s", "42 min", "26 h", "3 days" */
export function duration(ms: number): string {
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`
  if (ms < 90 * minute) return `${Math.round(ms / minute)} min`
  return ms < 48 * 60 * minute ? `${Math.round(ms / (60 * minute))} h` : `${Math.round(ms / day)} days`
}

const day: Instant = 24 * 60 * minute
