// The words of verdicts, statuses and people, as the pages say them.
import type { Actor } from '../../server/domain/actor.ts'
import { titleOf } from '../../server/domain/gate-reading.ts'
import type { GateMode } from '../../server/domain/gates/gate.ts'
import type { GateVerdict, VerdictWord } from '../../server/domain/gates/verdict.ts'
import type { PauseReason } from '../../server/domain/rollout/state.ts'
import type { AlarmKind } from '../../server/domain/station-alarms/alarm.ts'

/** A pass proves no absence of a regression, so it is never called "no difference". */
export const verdictWords: Record<VerdictWord, string> = {
  pass: 'healthy so far',
  wait: 'needs more evidence',
  grey: 'for a person to decide',
  breach: 'breach',
  severe: 'severe breach',
  'no data': 'no data',
  blind: 'blind',
}

export function gateTitle(name: string): string {
  return titleOf(name) ?? name
}

/** The same within a sentence; names that people gave stay as they are. */
export function gateWord(name: string): string {
  return titleOf(name)?.toLowerCase() ?? name
}

/** What a breach of it does. */
export const modeWords: Record<GateMode, string> = {
  observe: 'only observes',
  pause: 'pauses',
  'roll back': 'rolls back',
}

/** What a counted gate holds the canary stations against. */
export const comparisonWords: Record<GateVerdict['comparison'], string> = {
  base: 'against base and own past',
  'own past': 'against own past',
  absolute: 'against a set limit',
}

/** What is wrong with a station, in a few words. */
export const alarmWords: Record<AlarmKind, string> = {
  drifted: 'runs another build',
  stale: 'silent',
  'pinned but silent': 'does not answer',
  'runs what was taken back': 'runs what was taken back',
  'revert overdue': 'not back in time',
  'reference sample': 'reference sample wrong',
}

/** How a rollout came to be paused, after the word itself. */
export const pauseWords: Record<PauseReason, string> = {
  person: '',
  breach: 'by a breach',
  blind: 'while blind',
  window: 'outside of its hours',
  superseding: 'to be replaced',
  error: 'by an error',
}

const doors: Record<Actor['door'], string> = {
  slack: 'Slack',
  api: 'API',
  page: 'page',
  'command line': 'command line',
  service: 'service',
}

/** "Ana Lima (Slack)"; the service and the stations have no door worth naming, nor has who is called by it: "API". */
export function actorName(by: Actor): string {
  const door = doors[by.door]
  const hasDoor = (by.kind === 'person' || by.kind === 'program') && by.name !== door
  return hasDoor ? `${by.name} (${door})` : by.name
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Ends a sentence that somebody else wrote. */
export function sentence(text: string): string {
  const trimmed = capitalised(text.trim())
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
