// Until when something is to hold, as people type it, on the clock of the factory.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUntil } from '../../server/domain/read-until.ts'

/** A Friday, 13:00 in Berlin. */
const now = Date.parse('2026-11-20T12:00:00Z')
const read = (text: string, zone = 'Europe/Berlin', at = now) => {
  const result = readUntil(text, at, zone)
  return 'until' in result ? new Date(result.until).toISOString().slice(0, 16) : result.error
}

describe('a length', () => {
  it.each([
    ['90m', '2026-11-20T13:30'],
    ['3h', '2026-11-20T15:00'],
    ['3 H', '2026-11-20T15:00'],
    ['1.5h', '2026-11-20T13:30'],
    ['2d', '2026-11-22T12:00'],
    ['1w', '2026-11-27T12:00'],
  ])('%s', (text, until) => expect(read(text)).toBe(until))

  it('of a day is 24 hours, also over a change of the clocks', () => {
    const beforeWinter = Date.parse('2026-10-24T12:00:00Z')
    expect(read('1d', 'Europe/Berlin', beforeWinter)).toBe('2026-10-25T12:00')
  })
})

describe('a time on the wall', () => {
  it.each([
    ['18:00', '2026-11-20T17:00'],
    ['06:00', '2026-11-21T05:00'],
    ['today 18:00', '2026-11-20T17:00'],
    ['tomorrow 06:00', '2026-11-21T05:00'],
    ['Tomorrow at 6:00', '2026-11-21T05:00'],
    ['monday 06:00', '2026-11-23T05:00'],
    ['fri 18:00', '2026-11-20T17:00'],
    ['fri 06:00', '2026-11-27T05:00'],
    ['2026-12-24T18:00', '2026-12-24T17:00'],
    ['2026-12-24 18:00', '2026-12-24T17:00'],
    ['2026-12-24T18:00Z', '2026-12-24T18:00'],
    ['2026-12-24T18:00+0500', '2026-12-24T13:00'],
    ['2027-07-01T06:00', '2027-07-01T04:00'],
  ])('%s', (text, until) => expect(read(text)).toBe(until))

  it('is that of the zone', () => {
    expect(read('tomorrow 06:00', 'America/Chicago')).toBe('2026-11-21T12:00')
    expect(read('tomorrow 06:00', 'Asia/Tokyo')).toBe('2026-11-20T21:00')
  })

  it('that the clocks skip is the moment they jump', () => {
    const before = Date.parse('2027-03-27T12:00:00Z')
    expect(read('tomorrow 02:30', 'Europe/Berlin', before)).toBe('2027-03-28T01:00')
  })
})

describe('what is no time to come', () => {
  it.each([
    ['soon', 'Expected until when, such as 3h'],
    ['', 'Expected until when'],
    ['tomorrow', 'Expected until when'],
    ['2026-12-24', 'Expected until when'],
    ['2026-02-30T10:00', 'Expected until when'],
    ['25:00', 'Expected until when'],
    ['someday 06:00', 'Expected until when'],
    ['t 06:00', 'Expected until when'],
    ['today 06:00', 'which is over'],
    ['2026-11-20T12:59', 'which is over'],
    ['0h', 'which is over'],
    ['9999w', 'within a year'],
    ['2028-01-01T00:00', 'within a year'],
  ])('%s', (text, says) => expect(read(text)).toContain(says))

  it('whatever is typed is a time to come within a year, or an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z: T+.-]{0,20}$/)), (text) => {
        const result = readUntil(text, now, 'Europe/Berlin')
        if ('until' in result) expect(result.until - now).toBeGreaterThan(0)
        else expect(result.error).toContain('Expected')
      }),
      { numRuns: 500 },
    )
  })
})
