// Holds and exclusions, with their end as a time.
import { type Html, html } from '../html.ts'
import { time } from './instant.ts'

export function out(word: string, { reason, until }: { reason: string; until: number | null }): Html {
  return html`<strong>${word}</strong>: <q>${reason}</q>${until === null ? ', until somebody ends it' : html`, until ${time(until)}`}`
}
