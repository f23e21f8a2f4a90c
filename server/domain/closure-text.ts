// A closure in one sentence for a line lead: "outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris);
// opens Mon 07:00", "frozen until Fri 18:00 Europe/Paris: inventory".
import type { Freeze } from './freeze.ts'
import type { Instant } from './instant.ts'
import { dayNames, type OpeningHours } from './opening-hours.ts'
import { wallClock } from './time-zone.ts'

/** What is closed. `opensAt` is its own next opening, null when there is none in the days looked at. */
export type Closure = { sites: string[]; zone: string; opensAt: Instant | null } & (
  | { kind: 'hours'; hours: OpeningHours[] }
  | { kind: 'freeze'; freeze: Freeze }
)

/** Times are told in the zone that the sentence names; a day of the coming six without its date. */
export function closureText(closure: Closure, now: Instant): string {
  const opens = closure.opensAt === null ? null : momentText(closure.opensAt, closure.zone, now)
  if (closure.kind === 'hours') {
    const hours = `outside the hours of ${closure.sites.join(', ')} (${hoursText(closure.hours)})`
    return opens === null ? hours : `${hours}; opens ${opens}`
  }
  const place = closure.freeze.sites.length === 0 ? '' : ` at ${closure.sites.join(', ')}`
  const end = opens === null ? 'lifted' : `${opens} ${closure.zone}`
  return `frozen${place} until ${end}: ${closure.freeze.why}`
}

/** "Mon 07:00", from the seventh day on "Mon 30 Mar 07:00", in another year "Fri 1 Jan 2027 07:00". */
export function momentText(at: Instant, zone: string, now: Instant): string {
  const wall = wallClock(at, zone)
  const today = wallClock(now, zone)
  const away = today.toPlainDate().until(wall.toPlainDate()).days
  const date = away < 7 ? '' : ` ${wall.day} ${monthNames[wall.month - 1]}`
  const year = wall.year === today.year || away < 7 ? '' : ` ${wall.year}`
  return `${dayText(wall.dayOfWeek - 1)}${date}${year} ${wall.toPlainTime().toString({ smallestUnit: 'minute' })}`
}

/** "Mon–Fri 07:00–19:00, Sat 07:00–12:00 Europe/Paris" */
function hoursText(hours: OpeningHours[]): string {
  const zones = Map.groupBy(hours, (each) => each.zone)
  return [...zones]
    .map(
      ([zone, entries]) =>
        `${entries.map((each) => `${daysText(each)} ${timesText(each)}`).join(', ')} ${zone}`,
    )
    .join(', ')
}

function timesText({ from, to }: OpeningHours): string {
  return from === to && from === '00:00' ? 'all day' : `${from}–${to}`
}

/** "daily", "Mon–Fri", "Mon, Wed": three and more days in a row are a stretch. */
function daysText(hours: OpeningHours): string {
  const stretches: number[][] = []
  for (const [index, day] of dayNames.entries()) {
    if (!hours.days.includes(day)) continue
    const stretch = stretches.at(-1)
    if (stretch?.at(-1) === index - 1) stretch.push(index)
    else stretches.push([index])
  }
  if (stretches[0]?.length === 7) return 'daily'
  return stretches
    .map((stretch) => stretch.map(dayText))
    .map((names) => (names.length < 3 ? names.join(', ') : `${names.at(0)}–${names.at(-1)}`))
    .join(', ')
}

/** From Monday, 0. */
function dayText(index: number): string {
  const name = dayNames[index] ?? ''
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
