// When work is to be expected of a station: in the opening hours of its site, or, where it has none, in the hours in
// which the station worked before.
import type { StationId } from '../ids.ts'
import { hour, type Instant } from '../instant.ts'
import { hoursOfSite, isOpen, type OpeningHours } from '../opening-hours.ts'
import type { Look } from './station-facts.ts'

type Policy = { hours: readonly OpeningHours[]; organisationHours: readonly OpeningHours[] }

/** Whether a policy says when the site is open. */
export function hasHours({ hours, organisationHours }: Policy, site: string): boolean {
  return hoursOfSite(hours, site).length > 0 || hoursOfSite(organisationHours, site).length > 0
}

/**
 * @param worked the starts of the hours in which a station worked a week or two before; null for one that was not there
 * yet, of which work is always expected.
 */
export function atWork(
  policy: Policy,
  worked: ReadonlyMap<StationId, ReadonlySet<Instant> | null>,
): Look['isWorking'] {
  const known = new Map<string, boolean>()
  function isOpenAt(site: string, at: Instant): boolean {
    const key = `${at} ${site}`
    const found = known.get(key)
    if (found !== undefined) return found
    const open = [policy.organisationHours, policy.hours].every((list) => {
      const own = hoursOfSite(list, site)
      return own.length === 0 || own.some((hours) => isOpen(hours, at))
    })
    known.set(key, open)
    return open
  }
  return (station, at) => {
    if (hasHours(policy, station.site)) return isOpenAt(station.site, at)
    const hours = worked.get(station.id) ?? null
    return hours === null || hours.has(Math.floor(at / hour) * hour)
  }
}
