import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { day, hour, minute } from '../../server/domain/instant.ts'
import {
  dayNames,
  hoursOfSite,
  isOpen,
  nextOpening,
  openingHours,
} from '../../server/domain/opening-hours.ts'

const at = (text: string) => Date.parse(text)
const iso = (moment: number | null) => moment && new Date(moment).toISOString().replace(':00.000Z', 'Z')

/** "Europe/Paris mon,tue 07:00–19:00" */
const hours = (text: string) => {
  const [zone, days = '', times = ''] = text.split(' ')
  const [from, to] = times.split('–')
  return openingHours.parse({ zone, from, to, ...(days === 'daily' ? {} : { days: days.split(',') }) })
}

const faults = (what: Record<string, unknown>) =>
  openingHours
    .safeParse({ zone: 'UTC', from: '07:00', to: '19:00', ...what })
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)

describe('opening hours as they are written', () => {
  test('need no more than a zone and two times', () => {
    expect(openingHours.parse({ zone: 'Europe/Paris', from: '07:00', to: '19:00' })).toEqual({
      sites: [],
      zone: 'Europe/Paris',
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      from: '07:00',
      to: '19:00',
    })
  })

  test('name their faults with what was expected and what came', () => {
    expect(faults({})).toBeUndefined()
    expect(faults({ zone: 'Europe/Lyon' })).toEqual([
      'zone: expected an IANA time zone such as Europe/Paris, America/New_York or UTC, got "Europe/Lyon"',
    ])
    expect(faults({ to: '24:00' })).toEqual([
      'to: expected a time of day from 00:00 to 23:59 (midnight is 00:00), got "24:00"',
    ])
    expect(faults({ days: [] })).toEqual([
      'days: expected at least one day, got none; to close a site use a freeze',
    ])
    expect(faults({ days: ['monday'] })?.[0]).toMatch(/^days\.0: .*"mon"\|"tue"/)
    expect(faults({ sites: [''] })?.[0]).toMatch(/^sites\.0: /)
    expect(faults({ until: '19:00' })?.[0]).toMatch(/until/)
  })
})

describe('the hours of a site', () => {
  const everywhere = hours('UTC daily 07:00–19:00')
  const lyon = { ...everywhere, sites: ['Lyon', 'Metz'] }
  const porto = { ...everywhere, sites: ['Porto'] }

  test('are those that name it or name none, whatever the capitals', () => {
    expect(hoursOfSite([everywhere, lyon, porto], 'Lyon')).toEqual([everywhere, lyon])
    expect(hoursOfSite([lyon, porto], 'lyon')).toEqual([lyon])
  })

  test('are none where only other sites have any', () => {
    expect(hoursOfSite([lyon, porto], 'Ulm')).toEqual([])
    expect(hoursOfSite([], 'Lyon')).toEqual([])
  })
})

describe('hours are open', () => {
  // 2026-03-02 is a Monday.
  test.each([
    ['from their first minute', 'UTC daily 07:00–19:00', '2026-03-02T07:00Z', true],
    ['not a moment earlier', 'UTC daily 07:00–19:00', '2026-03-02T06:59:59.999Z', false],
    ['to the end of their last minute', 'UTC daily 07:00–19:00', '2026-03-02T18:59:59.999Z', true],
    ['not longer', 'UTC daily 07:00–19:00', '2026-03-02T19:00Z', false],
    ['on their days', 'UTC mon 07:00–19:00', '2026-03-02T12:00Z', true],
    ['on no other day', 'UTC mon 07:00–19:00', '2026-03-03T12:00Z', false],
    ['by the clock of their zone', 'Asia/Kolkata mon 07:00–19:00', '2026-03-02T01:30Z', true],
    ['by no other clock', 'Asia/Kolkata mon 07:00–19:00', '2026-03-02T01:29Z', false],
    ['on the weekday of their zone', 'Asia/Kolkata mon 00:00–04:00', '2026-03-01T20:00Z', true],
    ['over midnight, in the evening', 'UTC mon 22:00–06:00', '2026-03-02T22:00Z', true],
    ['over midnight, in the morning after', 'UTC mon 22:00–06:00', '2026-03-03T05:59Z', true],
    ['over midnight, to their end', 'UTC mon 22:00–06:00', '2026-03-03T06:00Z', false],
    ['not in the morning of the day they start on', 'UTC mon 22:00–06:00', '2026-03-02T05:00Z', false],
    ['from Sunday into Monday', 'UTC sun 22:00–06:00', '2026-03-02T05:00Z', true],
    ['over midnight to midnight', 'UTC mon 22:00–00:00', '2026-03-02T23:59Z', true],
    ['to midnight and not beyond', 'UTC mon 22:00–00:00', '2026-03-03T00:00Z', false],
    ['the whole day with one time for both', 'UTC mon 00:00–00:00', '2026-03-02T23:59Z', true],
    ['the whole day and not the next', 'UTC mon 00:00–00:00', '2026-03-03T00:00Z', false],
    ['a whole day that starts at six', 'UTC mon 06:00–06:00', '2026-03-03T05:59Z', true],
    ['a whole day from six, not before', 'UTC mon 06:00–06:00', '2026-03-02T05:59Z', false],
    ['on a leap day', 'UTC tue 07:00–19:00', '2028-02-29T12:00Z', true],
    ['over the midnight of a leap day', 'UTC tue 22:00–06:00', '2028-03-01T05:00Z', true],
    ['after a skipped hour', 'Europe/Paris daily 02:30–03:30', '2026-03-29T03:00+02:00', true],
    ['before a skipped hour not yet', 'Europe/Paris daily 02:30–03:30', '2026-03-29T01:59+01:00', false],
    ['in an hour that comes twice', 'Europe/Paris daily 02:00–02:30', '2026-10-25T02:10+02:00', true],
    ['and then again', 'Europe/Paris daily 02:00–02:30', '2026-10-25T02:10+01:00', true],
    ['but not in between', 'Europe/Paris daily 02:00–02:30', '2026-10-25T02:40+02:00', false],
  ])('%s: %s at %s', (_, text, moment, expected) => {
    expect(isOpen(hours(text), at(moment))).toBe(expected)
  })
})

describe('closed hours next open', () => {
  test.each([
    ['the same morning', 'UTC daily 07:00–19:00', '2026-03-02T05:00Z', '2026-03-02T07:00Z'],
    ['within the minute', 'UTC daily 07:00–19:00', '2026-03-02T06:59:59.999Z', '2026-03-02T07:00Z'],
    ['the next morning', 'UTC daily 07:00–19:00', '2026-03-02T19:00Z', '2026-03-03T07:00Z'],
    ['after the weekend', 'UTC mon,tue,wed,thu,fri 07:00–19:00', '2026-03-06T19:00Z', '2026-03-09T07:00Z'],
    ['in a week', 'UTC mon 07:00–19:00', '2026-03-02T19:00Z', '2026-03-09T07:00Z'],
    ['in the evening', 'UTC mon 22:00–06:00', '2026-03-02T06:00Z', '2026-03-02T22:00Z'],
    ['on the leap day', 'UTC tue 07:00–19:00', '2028-02-28T20:00Z', '2028-02-29T07:00Z'],
    ['after the leap day', 'UTC wed 07:00–19:00', '2028-02-28T20:00Z', '2028-03-01T07:00Z'],
    ['where February has 28 days', 'UTC mon 07:00–19:00', '2027-02-28T20:00Z', '2027-03-01T07:00Z'],
    ['in the new year', 'UTC daily 07:00–19:00', '2026-12-31T20:00Z', '2027-01-01T07:00Z'],
    ['on the half hour', 'Asia/Kolkata mon 07:00–19:00', '2026-03-01T12:00Z', '2026-03-02T01:30Z'],
    // Paris: 02:00 +01 becomes 03:00 +02 on 29 March, 03:00 +02 becomes 02:00 +01 on 25 October.
    ['in summer time', 'Europe/Paris daily 07:00–19:00', '2026-03-28T20:00Z', '2026-03-29T05:00Z'],
    ['in winter time', 'Europe/Paris daily 07:00–19:00', '2026-10-24T20:00Z', '2026-10-25T06:00Z'],
    ['by the jump', 'Europe/Paris daily 02:30–03:30', '2026-03-28T20:00Z', '2026-03-29T01:00Z'],
    ['a day late when skipped', 'Europe/Paris daily 02:00–03:00', '2026-03-28T20:00Z', '2026-03-30T00:00Z'],
    ['a week late when skipped', 'Europe/Paris sun 02:00–03:00', '2026-03-28T20:00Z', '2026-04-05T00:00Z'],
    ['the first of two times', 'Europe/Paris daily 02:10–02:30', '2026-10-24T20:00Z', '2026-10-25T00:10Z'],
    ['the second time', 'Europe/Paris daily 02:10–02:30', '2026-10-25T00:30Z', '2026-10-25T01:10Z'],
    ['by falling back', 'Europe/Paris daily 01:30–02:30', '2026-10-25T00:30Z', '2026-10-25T01:00Z'],
    // New York: 02:00 −05 becomes 03:00 −04 on 8 March, 02:00 −04 becomes 01:00 −05 on 1 November.
    ['by the jump', 'America/New_York daily 02:30–03:30', '2026-03-08T00:00Z', '2026-03-08T07:00Z'],
    ['by falling back', 'America/New_York daily 00:30–01:30', '2026-11-01T05:30Z', '2026-11-01T06:00Z'],
    ['over midnight', 'America/New_York sat 23:00–01:30', '2026-11-01T05:30Z', '2026-11-01T06:00Z'],
    // Lord Howe: 02:00 +10:30 becomes 02:30 +11 on 4 October, 02:00 +11 becomes 01:30 +10:30 on 5 April.
    ['by half a jump', 'Australia/Lord_Howe daily 02:10–02:40', '2026-10-03T12:00Z', '2026-10-03T15:30Z'],
    ['not in the jump', 'Australia/Lord_Howe daily 02:00–02:30', '2026-10-03T12:00Z', '2026-10-04T15:00Z'],
    [
      'by half an hour back',
      'Australia/Lord_Howe daily 01:00–01:40',
      '2026-04-04T14:40Z',
      '2026-04-04T15:00Z',
    ],
  ])('%s: %s after %s', (_, text, after, expected) => {
    expect(iso(nextOpening(hours(text), at(after), at(after) + 60 * day))).toBe(expected)
  })

  test('not at all when that is later than was asked for', () => {
    const monday = hours('UTC mon 07:00–19:00')
    const until = at('2026-03-09T07:00Z')
    expect(nextOpening(monday, at('2026-03-02T19:00Z'), until)).toBe(until)
    expect(nextOpening(monday, at('2026-03-02T19:00Z'), until - 1)).toBeNull()
  })
})

describe('for any hours, around the changes of the clocks', () => {
  const changes = {
    'Europe/Paris': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
    'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
    'Australia/Lord_Howe': ['2026-10-03T15:30Z', '2026-04-04T15:00Z'],
    'America/St_Johns': ['2009-03-08T03:31Z', '2009-11-01T02:31Z'],
    'Asia/Kolkata': ['2028-02-29T00:00Z'],
    UTC: ['2028-02-29T00:00Z'],
  }
  const place = fc.constantFrom(
    ...Object.entries(changes).flatMap(([zone, moments]) => moments.map((moment) => ({ zone, moment }))),
  )
  // Half of the times near the hours in which clocks change.
  const minuteOfDay = fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1439 }))
  const time = minuteOfDay.map(
    (minutes) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
  )
  const days = fc.uniqueArray(fc.constantFrom(...dayNames), { minLength: 1 })

  /** The clock on the wall as the platform itself tells it, minute by minute. */
  const readOpen = ({ zone, days, from, to }: ReturnType<typeof hours>) => {
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    const names: readonly string[] = dayNames
    const list: readonly string[] = days
    return (moment: number) => {
      const [weekday = '', wall = ''] = clock.format(moment).toLowerCase().replace(',', '').split(' ')
      const before = names.at(names.indexOf(weekday) - 1) ?? ''
      if (from < to) return list.includes(weekday) && from <= wall && wall < to
      return (list.includes(weekday) && from <= wall) || (list.includes(before) && wall < to)
    }
  }

  test('open and closed are what the clock on the wall says', () => {
    fc.assert(
      fc.property(
        place,
        time,
        time,
        days,
        fc.integer({ min: -1800, max: 1800 }),
        (where, from, to, on, away) => {
          const some = openingHours.parse({ zone: where.zone, from, to, days: on })
          const moment = at(where.moment) + away * minute
          expect(isOpen(some, moment)).toBe(readOpen(some)(moment))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('the next opening is open, and no minute before it is', () => {
    fc.assert(
      fc.property(
        place,
        time,
        time,
        days,
        fc.integer({ min: 0, max: 1800 }),
        (where, from, to, on, ahead) => {
          const some = openingHours.parse({ zone: where.zone, from, to, days: on })
          const open = readOpen(some)
          const now = at(where.moment) - ahead * minute
          fc.pre(!open(now))
          const opening = nextOpening(some, now, now + 60 * day) ?? Number.NaN
          expect(open(opening)).toBe(true)
          // Every minute of the two days after `now` and of the hour before the opening, in between one in 97.
          for (let moment = now; moment < opening; ) {
            expect(open(moment)).toBe(false)
            const dense = moment < now + 2 * day || moment > opening - hour
            moment += (dense ? 1 : Math.min(97, (opening - hour - moment) / minute + 1)) * minute
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})
