import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { hour, minute } from '../../server/domain/instant.ts'
import { fullShifts, shiftClock, shifts, usualShifts } from '../../server/domain/shifts.ts'

const at = (text: string) => Date.parse(text)
const paris = usualShifts('Europe/Paris')
const faults = (starts: string[], zone = 'UTC') =>
  shifts.safeParse({ zone, starts }).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)

describe('shifts as they are written', () => {
  test('are usually an early, a late and a night one', () => {
    expect(shifts.parse(paris)).toEqual({ zone: 'Europe/Paris', starts: ['06:00', '14:00', '22:00'] })
  })

  test('are kept in the order of the day', () => {
    expect(shifts.parse({ zone: 'UTC', starts: ['22:00', '06:00', '14:00'] }).starts).toEqual(paris.starts)
  })

  test('name their faults with what was expected and what came', () => {
    expect(faults(['06:00', '18:00', '06:00'])).toEqual([
      'starts: expected each start once, got ["06:00","18:00","06:00"]',
    ])
    expect(faults(['6:00'])?.[0]).toMatch(
      /^starts\.0: expected a time of day from 00:00 to 23:59 .* got "6:00"/,
    )
    expect(faults(['06:00'], 'Lyon')?.[0]).toMatch(/^zone: expected an IANA time zone/)
    expect(faults([])?.[0]).toMatch(/^starts: /)
    expect(faults(['00:00', '04:00', '08:00', '12:00', '16:00', '20:00'])).toBeUndefined()
    expect(faults(['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00'])?.[0]).toMatch(/^starts: /)
  })
})

describe('full shifts', () => {
  test.each([
    ['one from its start to its end', '2026-03-02T06:00+01:00', '2026-03-02T14:00+01:00', 1],
    [
      'none that is cut by a moment at the beginning',
      '2026-03-02T06:00:00.001+01:00',
      '2026-03-02T14:00+01:00',
      0,
    ],
    ['none that is cut by a moment at the end', '2026-03-02T06:00+01:00', '2026-03-02T13:59:59.999+01:00', 0],
    ['those after the one that was cut', '2026-03-02T06:01+01:00', '2026-03-03T06:00+01:00', 2],
    ['three in a day', '2026-03-02T06:00+01:00', '2026-03-03T06:00+01:00', 3],
    ['two where a day cuts the third', '2026-03-02T00:00+01:00', '2026-03-03T00:00+01:00', 2],
    ['none within one', '2026-03-02T07:00+01:00', '2026-03-02T13:00+01:00', 0],
    ['none in no time', '2026-03-02T06:00+01:00', '2026-03-02T06:00+01:00', 0],
    ['none backwards', '2026-03-03T06:00+01:00', '2026-03-02T06:00+01:00', 0],
    ['a night over the leap day', '2028-02-28T22:00+01:00', '2028-02-29T06:00+01:00', 1],
    ['a leap year', '2028-01-01T06:00+01:00', '2029-01-01T06:00+01:00', 3 * 366],
  ])('count %s', (_, from, to, expected) => {
    expect(fullShifts(paris, at(from), at(to))).toBe(expected)
  })

  test.each([
    ['a night of 7 hours', paris, '2026-03-28T22:00+01:00', '2026-03-29T06:00+02:00', 7, 1],
    ['a night of 9 hours', paris, '2026-10-24T22:00+02:00', '2026-10-25T06:00+01:00', 9, 1],
    ['no night that 8 hours do not fill', paris, '2026-10-24T22:00+02:00', '2026-10-25T05:00+01:00', 8, 0],
    [
      'a night of 7 hours in New York',
      usualShifts('America/New_York'),
      '2026-03-07T22:00-05:00',
      '2026-03-08T06:00-04:00',
      7,
      1,
    ],
    [
      'a night of 7½ hours on Lord Howe',
      usualShifts('Australia/Lord_Howe'),
      '2026-10-03T22:00+10:30',
      '2026-10-04T06:00+11:00',
      7.5,
      1,
    ],
    [
      'a night of 8½ hours on Lord Howe',
      usualShifts('Australia/Lord_Howe'),
      '2026-04-04T22:00+11:00',
      '2026-04-05T06:00+10:30',
      8.5,
      1,
    ],
    [
      'any in Kolkata',
      usualShifts('Asia/Kolkata'),
      '2026-03-02T06:00+05:30',
      '2026-03-02T22:00+05:30',
      16,
      2,
    ],
    ['any in UTC', usualShifts('UTC'), '2026-03-29T06:00Z', '2026-03-30T06:00Z', 24, 3],
    [
      'one shift a day, of 23 hours',
      { zone: 'Europe/Paris', starts: ['00:00'] },
      '2026-03-29T00:00+01:00',
      '2026-03-30T00:00+02:00',
      23,
      1,
    ],
  ])('count %s once', (_, some, from, to, hours, expected) => {
    expect(at(to) - at(from)).toBe(hours * hour)
    expect(fullShifts(some, at(from), at(to))).toBe(expected)
  })

  const early = { zone: 'Europe/Paris', starts: ['02:15', '02:45', '12:00'] }

  test('count a start in a skipped hour when the clock jumps over it, and no shift within that hour', () => {
    expect(fullShifts(early, at('2026-03-28T12:00+01:00'), at('2026-03-29T03:00+02:00'))).toBe(1)
    expect(fullShifts(early, at('2026-03-28T12:00+01:00'), at('2026-03-29T12:00+02:00'))).toBe(2)
    expect(fullShifts(early, at('2026-03-27T12:00+01:00'), at('2026-03-28T12:00+01:00'))).toBe(3)
  })

  test('count from a start of the day before when the clock jumps from it over midnight', () => {
    // Nuuk: 23:00 −02 on 30 March becomes 00:00 −01 on the 31st.
    const late = { zone: 'America/Nuuk', starts: ['07:30', '23:30'] }
    expect(fullShifts(late, at('2024-03-31T00:00-01:00'), at('2024-03-31T07:30-01:00'))).toBe(1)
    expect(fullShifts(late, at('2024-03-31T00:01-01:00'), at('2024-03-31T07:30-01:00'))).toBe(0)
  })

  test('count to a start at midnight though the clock goes back to before it', () => {
    // St. John's: 00:01 −02:30 on 1 November became 23:01 −03:30 on 31 October.
    const midnight = { zone: 'America/St_Johns', starts: ['00:00', '12:00'] }
    expect(fullShifts(midnight, at('2009-10-31T12:00-02:30'), at('2009-10-31T23:10-03:30'))).toBe(1)
    expect(shiftClock(midnight)(at('2009-10-31T23:10-03:30'))).toBe(0)
  })

  test('begin at the first of two times', () => {
    expect(fullShifts(early, at('2026-10-25T02:15+02:00'), at('2026-10-25T02:45+02:00'))).toBe(1)
    expect(fullShifts(early, at('2026-10-25T02:15+01:00'), at('2026-10-25T02:45+01:00'))).toBe(0)
    expect(fullShifts(early, at('2026-10-25T02:45+02:00'), at('2026-10-25T12:00+01:00'))).toBe(1)
  })
})

describe('the shift of a moment', () => {
  test.each([
    ['the early one from its start', paris, '2026-03-02T06:00+01:00', 0],
    ['the early one to its end', paris, '2026-03-02T13:59:59.999+01:00', 0],
    ['the late one', paris, '2026-03-02T14:00+01:00', 1],
    ['the night', paris, '2026-03-02T22:00+01:00', 2],
    ['the night of the day before', paris, '2026-03-02T05:59:59.999+01:00', 2],
    ['the night over the leap day', paris, '2028-02-29T00:00+01:00', 2],
    ['in summer time', paris, '2026-03-29T06:00+02:00', 0],
    ['in summer time not yet', paris, '2026-03-29T05:59+02:00', 2],
    ['in winter time', paris, '2026-10-25T06:00+01:00', 0],
    ['in winter time not yet', paris, '2026-10-25T05:59+01:00', 2],
    ['by the half hour', usualShifts('Asia/Kolkata'), '2026-03-02T00:30Z', 0],
    ['by the half hour not yet', usualShifts('Asia/Kolkata'), '2026-03-02T00:29Z', 2],
    ['after half a jump', usualShifts('Australia/Lord_Howe'), '2026-10-03T19:00Z', 0],
    ['after half a jump not yet', usualShifts('Australia/Lord_Howe'), '2026-10-03T18:59Z', 2],
    ['before 1970', usualShifts('UTC'), '1969-12-31T15:00Z', 1],
    ['the only one', { zone: 'UTC', starts: ['12:00'] }, '2026-03-02T11:00Z', 0],
  ])('is %s', (_, some, moment, expected) => {
    expect(shiftClock(some)(at(moment))).toBe(expected)
  })

  test('does not begin a second time when the clocks are put back', () => {
    const index = shiftClock({ zone: 'Europe/Paris', starts: ['02:30', '14:00'] })
    const through = ['02:29+02:00', '02:30+02:00', '02:00+01:00', '02:29+01:00', '02:30+01:00', '03:00+01:00']
    expect(through.map((time) => index(at(`2026-10-25T${time}`)))).toEqual([1, 0, 0, 0, 0, 0])
  })

  test('is the later one when the clock jumps over two starts', () => {
    const index = shiftClock({ zone: 'Europe/Paris', starts: ['02:15', '02:45', '14:00'] })
    expect(index(at('2026-03-29T01:59+01:00'))).toBe(2)
    expect(index(at('2026-03-29T03:00+02:00'))).toBe(1)
  })

  test('is the same whatever was asked before, over more days than are remembered', () => {
    const used = shiftClock(paris)
    const moments = Array.from({ length: 500 }, (_, index) => at('2026-03-02T00:00Z') + index * 31 * hour)
    const first = moments.map(used)
    expect(moments.map(used)).toEqual(first)
    expect(moments.toReversed().map(used)).toEqual(first.toReversed())
    for (const [index, moment] of moments.entries())
      if (index % 50 === 0) expect(shiftClock(paris)(moment)).toBe(first[index])
  })
})

describe('for any shifts', () => {
  const zones = {
    'Europe/Paris': ['2026-03-29T01:00Z', '2026-10-25T01:00Z'],
    'America/New_York': ['2026-03-08T07:00Z', '2026-11-01T06:00Z'],
    'Australia/Lord_Howe': ['2026-10-03T15:30Z', '2026-04-04T15:00Z'],
    // A minute past midnight the clock goes back to the day before.
    'America/St_Johns': ['2009-03-08T03:31Z', '2009-11-01T02:31Z'],
    // It jumps over the last hour of the day.
    'America/Nuuk': ['2024-03-31T01:00Z', '2024-10-27T01:00Z'],
    'Asia/Kolkata': ['2028-02-29T00:00Z'],
    UTC: ['2028-02-29T00:00Z'],
  }
  const time = fc
    .oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1439 }))
    .map((all) => `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`)
  const someShifts = fc.record({
    zone: fc.constantFrom(...Object.keys(zones)),
    starts: fc.uniqueArray(time, { minLength: 1, maxLength: 6 }).map((starts) => starts.toSorted()),
  })
  // So that no two starts fall into one skipped hour.
  const hoursApart = fc
    .record({
      zone: fc.constantFrom(...Object.keys(zones)),
      hours: fc.uniqueArray(fc.nat(23), { minLength: 2, maxLength: 6 }),
      past: fc.integer({ min: 10, max: 59 }),
    })
    .map(({ zone, hours, past }) => ({
      zone,
      starts: hours.map((each) => `${String(each).padStart(2, '0')}:${past}`).toSorted(),
    }))
  const near = (zone: string, away: number) => {
    const moments = Object.entries(zones).find(([name]) => name === zone)?.[1] ?? []
    return at(moments[Math.abs(away) % moments.length] ?? '') + away * minute
  }
  const minutesAway = fc.oneof(
    fc.integer({ min: -300, max: 300 }),
    fc.integer({ min: -400 * 24 * 60, max: 400 * 24 * 60 }),
  )

  /** The highest that the clock on the wall has read: in an hour that comes again, what it read before that. */
  const plainIndex = (some: { zone: string; starts: string[] }, moment: number) => {
    const wall = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(some.zone)
    const change = wall.getTimeZoneTransition('previous')
    const last = change?.subtract({ nanoseconds: 1 })
    const again = last && Temporal.PlainDateTime.compare(wall.toPlainDateTime(), last.toPlainDateTime()) < 0
    const read = (again ? last : wall).toPlainTime()
    const begun = some.starts.filter((start) => Temporal.PlainTime.compare(start, read) <= 0)
    return (begun.length || some.starts.length) - 1
  }

  test('the shift of a moment is what the clock on the wall says', () => {
    fc.assert(
      fc.property(someShifts, fc.array(minutesAway, { minLength: 1, maxLength: 40 }), (some, away) => {
        const index = shiftClock(some)
        for (const each of away) {
          const moment = near(some.zone, each)
          expect(index(moment)).toBe(plainIndex(some, moment))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('full shifts before and after the beginning of a shift add up', () => {
    fc.assert(
      fc.property(
        someShifts,
        minutesAway,
        fc.tuple(fc.nat(9000), fc.nat(9000)),
        (some, away, [before, after]) => {
          const index = shiftClock(some)
          // The first minute of a shift: there the index changes.
          let cut = near(some.zone, away)
          fc.pre(some.starts.length > 1)
          while (index(cut) === index(cut - minute)) cut += minute
          const [from, to] = [cut - before * minute, cut + after * minute]
          expect(fullShifts(some, from, to)).toBe(fullShifts(some, from, cut) + fullShifts(some, cut, to))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('full shifts are the times that the shift changes, less one', () => {
    fc.assert(
      fc.property(hoursApart, minutesAway, fc.nat(3 * 24 * 60), (some, away, length) => {
        const index = shiftClock(some)
        const from = near(some.zone, away)
        let changes = 0
        for (let moment = from; moment <= from + length * minute; moment += minute)
          if (index(moment) !== index(moment - minute)) changes += 1
        expect(fullShifts(some, from, from + length * minute)).toBe(Math.max(0, changes - 1))
      }),
      { numRuns: 60 },
    )
  })
})
