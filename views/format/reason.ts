// Why somebody did something, as it follows a sentence: quoted when a person gave it, plain when Firstpass did.
import type { Actor } from '../../server/domain/actor.ts'
import { type Html, html } from '../html.ts'

export function reason(by: Actor, why: string | null): Html | null {
  if (why === null || why.trim() === '') return null
  return by.kind === 'service' ? html`: ${why}` : html`: <q>${why}</q>`
}
