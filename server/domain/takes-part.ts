// Whether a station is one of a plan's group, and what keeps it out.
import type { Group } from './plan.ts'

type Placed = { site: string; line: string; tags: string[]; heldReason: string | null }

export function takesPart(station: Placed, group: Group): boolean {
  return leftOutBecause(station, group) === null
}

/** Null when it takes part. An empty list of the group asks for nothing. */
export function leftOutBecause(station: Placed, group: Group): string | null {
  if (station.heldReason !== null) return `held: ${station.heldReason}`
  if (!any(group.sites, [station.site])) return `at ${station.site}, outside the group`
  if (!any(group.lines, [station.line])) return `on line ${station.line}, outside the group`
  if (!any(group.tags, station.tags)) return 'without a tag of the group'
  return null
}

function any(asked: string[], own: string[]): boolean {
  return (
    asked.length === 0 || asked.some((each) => own.some((one) => one.toLowerCase() === each.toLowerCase()))
  )
}
