// The words of verdicts, statuses and people, as the pages say them.
import type { Actor } from '../../server/domain/actor.ts'
import { type GateMetric, type GateMode, gateMetric } from '../../server/domain/gates/gate.ts'
import type { GateVerdict, VerdictWord } from '../../server/domain/gates/verdict.ts'
import type { PauseReason } from '../../server/domain/rollout/state.ts'

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

const gateTitles: Record<GateMetric, string> = {
  'first-pass yield': 'First-pass yield',
  'first-pass yield rise': 'Yield rise (escapes)',
  'error rate': 'Error rate',
  'timeout rate': 'Timeout rate',
  duration: 'Duration',
  'measurement coverage': 'Measurement coverage',
  custom: 'Custom',
  'error budget': 'Error budget',
  telemetry: 'Telemetry',
  'new failure mode': 'New failure modes',
  'reference samples': 'Reference samples',
  'mixed builds': 'Mixed builds',
  'sample ratio': 'Sample ratio',
}

/** A gate without a name of its own has its metric's, which reads better as a title. */
export function gateTitle(name: string): string {
  const metric = gateMetric.safeParse(name)
  return metric.success ? gateTitles[metric.data] : name
}

/** The same within a sentence; names that people gave stay as they are. */
export function gateWord(name: string): string {
  return gateMetric.safeParse(name).success ? gateTitle(name).toLowerCase() : name
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

/** "Ana Lima (Slack)"; the service and the stations have no door worth naming. */
export function actorName(by: Actor): string {
  return by.kind === 'person' || by.kind === 'program' ? `${by.name} (${doors[by.door]})` : by.name
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Ends a sentence that somebody else wrote. */
export function sentence(text: string): string {
  const trimmed = capitalised(text.trim())
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
