// The words of verdicts, statuses and people, as the pages say them.
import type { Actor } from '../../server/domain/actor.ts'
import type { GateMetric } from '../../server/domain/gates/gate.ts'
import type { VerdictWord } from '../../server/domain/gates/verdict.ts'

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

export const metricNames: Record<GateMetric, string> = {
  'first-pass yield': 'First-pass yield',
  'error rate': 'Error rate',
  'timeout rate': 'Timeout rate',
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
