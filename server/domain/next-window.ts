// When stations of a set of sites may next be taken, and until when: hours and freezes hold back nothing else.
import { closedBecause } from './closed-because.ts'
import type { Freeze } from './freeze.ts'
import { day, type Instant } from './instant.ts'
import type { OpeningHours } from './opening-hours.ts'
import { momentsOf, nextClockChange, wallClock } from './time-zone.ts'

type Policy = {
  hours: readonly OpeningHours[]
  organisationHours: readonly OpeningHours[]
  freezes: readonly Freeze[]
}

export type Window = {
  isOpen: boolean
  /** Why it is closed now, in one sentence; null while it is open. */
  why: string | null
  /** The next moment at which all of it is open: now, while it is. Null: none within 60 days. */
  opensAt: Instant | null
  /** When that opening ends; null: not within 14 days of it. */
  closesAt: Instant | null
}

/** Of all the sites together, as a stage takes them; and of each alone, where there are several. */
export type NextWindow = Window & { sites: (Window & { site: string })[] }

const daysAhead = 14
/** More of them are no table any more. */
const mostSites = 40

export function nextWindow(policy: Policy, sites: readonly string[], now: Instant): NextWindow {
  const each = sites.length < 2 ? [] : sites.slice(0, mostSites)
  return {
    ...windowOf(policy, sites, now),
    sites: each.map((site) => ({ site, ...windowOf(policy, [site], now) })),
  }
}

function windowOf(policy: Policy, sites: readonly string[], now: Instant): Window {
  const closed = closedBecause(policy, sites, now)
  const opensAt = closed === null ? now : closed.opensAt
  return {
    isOpen: closed === null,
    why: closed?.why ?? null,
    opensAt,
    closesAt: opensAt === null ? null : closesAfter(policy, sites, opensAt),
  }
}

/** Only the end of an hour, the beginning of a freeze or a change of the clocks can close what is open. */
function closesAfter(policy: Policy, sites: readonly string[], from: Instant): Instant | null {
  const until = from + daysAhead * day
  const moments = [
    ...[...policy.hours, ...policy.organisationHours].flatMap((hours) => endsOf(hours, from, until)),
    ...policy.freezes.map((freeze) => Date.parse(freeze.from)),
  ]
  const inOrder = [...new Set(moments.filter((at) => at > from && at <= until))].toSorted((a, b) => a - b)
  return inOrder.find((at) => closedBecause(policy, sites, at) !== null) ?? null
}

function endsOf(hours: OpeningHours, from: Instant, until: Instant): Instant[] {
  const found: Instant[] = []
  let date = wallClock(from, hours.zone).toPlainDate()
  const last = wallClock(until, hours.zone).toPlainDate()
  while (date.until(last).days >= 0) {
    found.push(...momentsOf(date, hours.to, hours.zone))
    date = date.add({ days: 1 })
  }
  const change = nextClockChange(from, hours.zone)
  return change === null ? found : [...found, change]
}
