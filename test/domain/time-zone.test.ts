import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  clockTime,
  firstReached,
  minuteOfDay,
  momentsOf,
  nextClockChange,
  timeZone,
} from '../../server/domain/time-zone.ts'

const iso = (at: number | null) => at && new Date(at).toISOString()
const date = (text: string) => Temporal.PlainDate.from(text)

describe('a time zone', () => {
  test.each(['Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'])(
    '%s is one',
    (zone) => {
      expect(timeZone.parse(zone)).toBe(zone)
    },
  )

  test.each(['Europe/Lyon', 'Paris', '+01:00', '-0500', 'Z', ''])('"%s" is none, and is told so', (zone) => {
    expect(timeZone.safeParse(zone).error?.issues[0]?.message).toBe(
      `expected an IANA time zone such as Europe/Paris, America/New_York or UTC, got "${zone}"`,
    )
  })
})

describe('a time of day', () => {
  test.each([
    ['00:00', 0],
    ['06:30', 390],
    ['23:59', 1439],
  ])('%s is minute %d', (time, minutes) => {
    expect(minuteOfDay(clockTime.parse(time))).toBe(minutes)
  })

  test.each(['24:00', '7:00', '07:60', '07:00:00', '07.00', ' 07:00', '7 am', ''])(
    'is not "%s", and says what it is',
    (time) => {
      expect(clockTime.safeParse(time).error?.issues[0]?.message).toBe(
        `expected a time of day from 00:00 to 23:59 (midnight is 00:00), got "${time}"`,
      )
    },
  )
})

describe('the wall clock shows a time', () => {
  test.each([
    ['once on most days', 'Europe/Paris', '2026-03-28', '02:30', ['2026-03-28T01:30:00.000Z']],
    ['never in an hour that is skipped', 'Europe/Paris', '2026-03-29', '02:30', []],
    ['once where the skipped hour ends', 'Europe/Paris', '2026-03-29', '03:00', ['2026-03-29T01:00:00.000Z']],
    [
      'twice in an hour that comes twice',
      'Europe/Paris',
      '2026-10-25',
      '02:30',
      ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    ],
    ['once where the twofold hour ends', 'Europe/Paris', '2026-10-25', '03:00', ['2026-10-25T02:00:00.000Z']],
    [
      'twice in half an hour that comes twice',
      'Australia/Lord_Howe',
      '2026-04-05',
      '01:45',
      ['2026-04-04T14:45:00.000Z', '2026-04-04T15:15:00.000Z'],
    ],
    ['never on a day that is skipped', 'Pacific/Apia', '2011-12-30', '12:00', []],
  ])('%s: %s %s %s', (_, zone, day, time, expected) => {
    expect(momentsOf(date(day), time, zone).map(iso)).toEqual(expected)
  })

  test.each([
    ['itself', 'Europe/Paris', '2026-03-28', '02:30', '2026-03-28T01:30:00.000Z'],
    ['when the clock jumps over it', 'Europe/Paris', '2026-03-29', '02:30', '2026-03-29T01:00:00.000Z'],
    ['the first of two times', 'Europe/Paris', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'],
    ['over half an hour', 'Australia/Lord_Howe', '2026-10-04', '02:10', '2026-10-03T15:30:00.000Z'],
    ['over a whole day', 'Pacific/Apia', '2011-12-30', '22:00', '2011-12-30T10:00:00.000Z'],
  ])('or has reached it, %s: %s %s %s', (_, zone, day, time, expected) => {
    expect(iso(firstReached(date(day), time, zone))).toBe(expected)
  })
})

describe('the next change of the clocks', () => {
  test.each([
    ['Europe/Paris', '2026-01-01', '2026-03-29T01:00:00.000Z'],
    ['Europe/Paris', '2026-03-29T01:00Z', '2026-10-25T01:00:00.000Z'],
    ['America/New_York', '2026-01-01', '2026-03-08T07:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-05-01', '2026-10-03T15:30:00.000Z'],
    ['Asia/Kolkata', '2026-01-01', null],
    ['UTC', '2026-01-01', null],
  ])('in %s after %s is %s', (zone, after, expected) => {
    expect(iso(nextClockChange(Date.parse(after), zone))).toBe(expected)
  })
})
