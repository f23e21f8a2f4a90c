// Whether a station is one of a plan's group, and what keeps it out at this moment.
import type { Instant } from './instant.ts'
import type { Group } from './plan.ts'

/** Holds and exclusions as they were set: one whose end has come counts as none. */
export type Standing = {
  heldReason: string | null
  heldUntil: Date | null
  excludedReason: string | null
  excludedUntil: Date | null
  experiment: string | null
}
type Placed = Standing & { site: string; line: string; tags: string[] }
/** `until` null: until somebody ends it. */
export type Out = { reason: string; until: Instant | null }

export function takesPart(station: Placed, group: Group, now: Instant): boolean {
  return leftOutBecause(station, group, now) === null
}

/** Null when it takes part. An empty list of the group asks for nothing. */
export function leftOutBecause(station: Placed, group: Group, now: Instant): string | null {
  const aside = asideBecause(station, now)
  if (aside !== null) return aside
  if (!any(group.sites, [station.site])) return `at ${station.site}, outside the group`
  if (!any(group.lines, [station.line])) return `on line ${station.line}, outside the group`
  if (!any(group.tags, station.tags)) return 'without a tag of the group'
  return null
}

/** Why no rollout takes it at all, whatever its group; null when nothing is in the way. */
export function asideBecause(station: Standing, now: Instant): string | null {
  const [excluded, held] = [excludedNow(station, now), heldNow(station, now)]
  if (excluded) return `excluded: ${outText(excluded)}`
  if (station.experiment !== null) return `in the experiment ${station.experiment}`
  return held && `held: ${outText(held)}`
}

export function heldNow({ heldReason, heldUntil }: Standing, now: Instant): Out | null {
  return inForce(heldReason, heldUntil, now)
}

export function excludedNow({ excludedReason, excludedUntil }: Standing, now: Instant): Out | null {
  return inForce(excludedReason, excludedUntil, now)
}

export function outText({ reason, until }: Out): string {
  return until === null ? reason : `${reason}, until ${new Date(until).toISOString()}`
}

function inForce(reason: string | null, until: Date | null, now: Instant): Out | null {
  if (reason === null || (until !== null && until.getTime() <= now)) return null
  return { reason, until: until?.getTime() ?? null }
}

function any(asked: string[], own: string[]): boolean {
  return (
    asked.length === 0 || asked.some((each) => own.some((one) => one.toLowerCase() === each.toLowerCase()))
  )
}
