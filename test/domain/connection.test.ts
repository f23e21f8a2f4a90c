import { describe, expect, test } from 'vitest'
import { connectionOf, silentAfterMs } from '../../server/domain/connection.ts'
import { hour, minute } from '../../server/domain/instant.ts'
import { openingHours } from '../../server/domain/opening-hours.ts'

// A Friday.
const now = Date.parse('2026-05-22T12:00:00Z')
const heard = (part: object = {}) => ({
  heardAt: now - minute,
  usualGapMs: 2 * minute,
  busy: false,
  heartbeatAt: now - minute,
  timeLimitMs: hour,
  ...part,
})
const days = openingHours.parse({
  zone: 'UTC',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '06:00',
  to: '18:00',
})
const word = (part: object, hours = [[]] as Parameters<typeof connectionOf>[1], at = now) =>
  connectionOf(heard(part), hours, at).state

describe('a station is connected', () => {
  test('while it was heard of within three of its own usual gaps, and never less than ten minutes', () => {
    expect(word({ heardAt: now - 10 * minute })).toBe('connected')
    expect(word({ heardAt: now - 11 * minute })).toBe('silent')
    expect(word({ heardAt: now - 59 * minute, usualGapMs: 20 * minute })).toBe('connected')
    expect(word({ heardAt: now - 61 * minute, usualGapMs: 20 * minute })).toBe('silent')
    expect(silentAfterMs(24 * hour)).toBe(12 * hour)
    expect(silentAfterMs(null)).toBe(30 * minute)
  })

  test('or never seen, which is another thing than silent', () => {
    expect(word({ heardAt: null, heartbeatAt: null })).toBe('never seen')
  })

  test('while it is in a run that may take longer than its gaps', () => {
    expect(word({ heardAt: now - 40 * minute, heartbeatAt: now - 40 * minute, busy: true })).toBe('connected')
  })
})

describe('a busy station', () => {
  test('is believed for as long as a run may take, and no longer', () => {
    const busy = (ago: number) =>
      connectionOf(heard({ busy: true, heartbeatAt: now - ago, heardAt: now - ago }), [], now)
    expect(busy(hour)).toMatchObject({ busy: true, state: 'connected' })
    expect(busy(hour + 1)).toMatchObject({ busy: false, state: 'silent' })
  })
})

describe('opening hours', () => {
  const monday = Date.parse('2026-05-25T06:05:00Z')
  const friday = Date.parse('2026-05-22T17:55:00Z')

  test('silence counts from the opening of the site, over a weekend too', () => {
    const quiet = { heardAt: friday, heartbeatAt: friday }
    expect(word(quiet, [[days]], monday)).toBe('connected')
    expect(word(quiet, [[days]], monday + 10 * minute)).toBe('silent')
    expect(word(quiet, [[], []], monday)).toBe('silent')
  })

  test('a closed site says so, so that its silence alarms nobody', () => {
    const saturday = Date.parse('2026-05-23T12:00:00Z')
    expect(connectionOf(heard({ heardAt: friday }), [[days]], saturday)).toMatchObject({
      state: 'silent',
      isClosed: true,
    })
  })

  test('hours that follow on others open nothing', () => {
    const always = openingHours.parse({ zone: 'UTC', from: '00:00', to: '00:00' })
    const midnight = Date.parse('2026-05-22T00:00:30Z')
    expect(word({ heardAt: midnight - hour }, [[always]], midnight)).toBe('silent')
  })
})
