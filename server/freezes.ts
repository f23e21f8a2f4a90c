// Freezes as people set, name and lift them.
import { createHash } from 'node:crypto'
import type { Db } from '../db/client.ts'
import { allStations } from '../db/registry.ts'
import { coversSite } from './domain/covers-site.ts'
import type { Freeze } from './domain/freeze.ts'
import type { Instant } from './domain/instant.ts'
import type { PolicyScope } from './domain/policy.ts'
import type { Refusal } from './domain/rollout/commands.ts'
import { refuse } from './refuse.ts'
import type { HeldFreeze } from './service.ts'

/** A freeze of a misspelt site would hold nothing. */
export async function unknownSite(tx: Db, sites: string[]): Promise<Refusal | null> {
  if (sites.length === 0) return null
  const known = [...new Set((await allStations(tx)).map((station) => station.site))].sort()
  const strange = sites.filter((site) => !known.some((each) => coversSite([each], site)))
  if (strange.length === 0) return null
  return refuse(
    'invalid',
    `no station is at ${strange.map((site) => `"${site}"`).join(', ')}`,
    `Known sites are: ${known.join(', ')}.`,
  )
}

/** The same freeze has the same id wherever it stands in the list, so that lifting it twice lifts it once. */
export function freezeId({ from, to, why, sites }: Freeze): string {
  return createHash('sha256')
    .update(JSON.stringify([from, to, why, sites]))
    .digest('hex')
    .slice(0, 12)
}

export function heldFreeze(freeze: Freeze, scope: PolicyScope, now: Instant): HeldFreeze {
  return {
    ...freeze,
    id: freezeId(freeze),
    scope,
    inForce: isInForce(freeze, now),
  }
}

/** Wherever it holds: a freeze to come and one that is over hold nothing. */
export function isInForce(freeze: Freeze, now: Instant): boolean {
  return now >= Date.parse(freeze.from) && !isOver(freeze, now)
}

export function isOver(freeze: Freeze, now: Instant): boolean {
  return freeze.to !== null && now >= Date.parse(freeze.to)
}

export function freezesTheSame(one: Freeze, other: Freeze): boolean {
  return one.to === other.to && one.why === other.why && one.sites.join('\n') === other.sites.join('\n')
}

export function placeOf(name: string, freeze: Freeze): string {
  return freeze.sites.length === 0 ? name : `${name} at ${freeze.sites.join(', ')}`
}
