// Why a rollout may not take further stations of some sites now, and from when it may.
import { type Closure, closureText, momentText } from './closure-text.ts'
import { coversSite } from './covers-site.ts'
import { type Freeze, isFrozen } from './freeze.ts'
import { day, type Instant } from './instant.ts'
import { hoursOfSite, isOpen, nextOpening, type OpeningHours } from './opening-hours.ts'

/** A site is open when it is by both lists of hours: one may not open what the other closes. */
type Policy = {
  hours: readonly OpeningHours[]
  organisationHours?: readonly OpeningHours[]
  freezes: readonly Freeze[]
}

export type Closed = { kind: 'window' | 'freeze'; why: string; opensAt: Instant | null }

const daysAhead = 60

/**
 * Null when all of these sites are open and none is frozen: a stage takes stations of all of them together.
 * `why` names what opens last of all that is closed now, in one sentence for a person, and a freeze before any hours:
 * those may be overridden, a freeze must be lifted. `opensAt` is the first moment at which everything is open, null
 * when there is none within 60 days.
 *
 * It goes from opening to opening, never minute by minute: 4 µs while open, 0.1 ms overnight, and 3 ms at most, for
 * two sites that are never open together.
 */
export function closedBecause(policy: Policy, sites: readonly string[], now: Instant): Closed | null {
  const until = now + daysAhead * day
  const closed = closures(policy, sites, now, until)
  const last = lastToOpen(closed)
  if (last === null) return null
  const named = lastToOpen(closed.filter((each) => each.kind === 'freeze')) ?? last
  const opensAt = firstAllOpen(policy, sites, last.opensAt, until)
  return {
    kind: named.kind === 'freeze' ? 'freeze' : 'window',
    why: closureText(named, now) + beyondItself(named, opensAt, now, until),
    opensAt,
  }
}

/** Nothing is open together before the last of what is closed has opened: so look again there, and so on. */
function firstAllOpen(
  policy: Policy,
  sites: readonly string[],
  earliest: Instant | null,
  until: Instant,
): Instant | null {
  let at = earliest
  while (at !== null && at <= until) {
    const last = lastToOpen(closures(policy, sites, at, until))
    if (last === null) return at
    at = last.opensAt
  }
  return null
}

/** What the named closure alone does not tell: its opening may fall into another's closing. */
function beyondItself(named: Closure, opensAt: Instant | null, now: Instant, until: Instant): string {
  if (named.opensAt === null || named.opensAt > until || named.opensAt === opensAt) return ''
  if (opensAt === null) return `, but nothing can advance within ${daysAhead} days`
  return `, can advance from ${momentText(opensAt, named.zone, now)}`
}

function lastToOpen(closures: Closure[]): Closure | null {
  const [first, ...others] = closures
  if (first === undefined) return null
  const moment = (closure: Closure) => closure.opensAt ?? Number.POSITIVE_INFINITY
  return others.reduce((last, closure) => (moment(closure) > moment(last) ? closure : last), first)
}

function closures(policy: Policy, sites: readonly string[], at: Instant, until: Instant): Closure[] {
  const outside = sites.flatMap((site) =>
    [policy.organisationHours ?? [], policy.hours].flatMap((list): Closure[] => {
      const hours = hoursOfSite(list, site)
      const [first] = hours
      if (first === undefined || hours.some((each) => isOpen(each, at))) return []
      const openings = hours.map((each) => nextOpening(each, at, until)).filter((opening) => opening !== null)
      const opensAt = openings.length > 0 ? Math.min(...openings) : null
      return [{ kind: 'hours', sites: [site], hours, zone: first.zone, opensAt }]
    }),
  )
  const frozen = policy.freezes
    .filter((freeze) => isFrozen(freeze, sites, at))
    .map((freeze): Closure => {
      const covered = sites.filter((site) => coversSite(freeze.sites, site))
      const opensAt = freeze.to === null ? null : Date.parse(freeze.to)
      return { kind: 'freeze', freeze, sites: covered, zone: zoneOfFreeze(freeze, covered, policy), opensAt }
    })
  return [...outside, ...frozen]
}

/** The clock on the wall of the site that is frozen; where no hours tell it, the offset that was written. */
function zoneOfFreeze(freeze: Freeze, covered: string[], policy: Policy): string {
  const told = [...policy.hours, ...(policy.organisationHours ?? [])]
  const [hours] = covered.flatMap((site) => hoursOfSite(told, site))
  return hours?.zone ?? freeze.to?.match(/[+-]\d{2}:\d{2}$/)?.[0] ?? 'UTC'
}
