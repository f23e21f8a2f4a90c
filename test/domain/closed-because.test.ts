import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closedBecause } from '../../server/domain/closed-because.ts'
import { freeze } from '../../server/domain/freeze.ts'
import { day, hour, minute } from '../../server/domain/instant.ts'
import { dayNames, openingHours } from '../../server/domain/opening-hours.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri']
const entry = (what: Record<string, unknown>) =>
  openingHours.parse({ zone: 'Europe/Paris', from: '07:00', to: '19:00', days: weekdays, ...what })
const lyon = entry({ sites: ['Lyon'] })
const austin = entry({ sites: ['Austin'], zone: 'America/Chicago' })
const pune = entry({ sites: ['Pune'], zone: 'Asia/Kolkata', days: dayNames, from: '22:00', to: '06:00' })

const stop = (from: string, to: string | null, what: Record<string, unknown> = {}) =>
  freeze.parse({ from, to, why: 'inventory', ...what })

type Policy = Parameters<typeof closedBecause>[0]
const told = (policy: Partial<Policy>, sites: string[], now: string) => {
  const closed = closedBecause({ hours: [], freezes: [], ...policy }, sites, Date.parse(now))
  return (
    closed && [closed.why, closed.opensAt && new Date(closed.opensAt).toISOString().replace(':00.000Z', 'Z')]
  )
}

// In the week of these tests Paris keeps winter time (+01) and Austin summer time (−05); 2026-03-20 is a Friday.
describe('nothing is closed', () => {
  test('without hours and freezes', () => {
    expect(told({}, ['Lyon'], '2026-03-21T03:00Z')).toBeNull()
  })

  test('within the hours of all sites', () => {
    expect(told({ hours: [lyon, austin] }, ['Lyon', 'Austin'], '2026-03-20T13:00Z')).toBeNull()
  })

  test('at a site without hours of its own, whatever those of others', () => {
    expect(told({ hours: [lyon] }, ['Ulm'], '2026-03-21T03:00Z')).toBeNull()
  })

  test('when one entry of several is open', () => {
    const saturday = entry({ sites: ['Lyon'], days: ['sat'], to: '12:00' })
    expect(told({ hours: [lyon, saturday] }, ['Lyon'], '2026-03-21T10:59Z')).toBeNull()
    expect(told({ hours: [lyon, saturday] }, ['Lyon'], '2026-03-21T11:00Z')).not.toBeNull()
  })

  test('by a freeze of another site, of the past or of the future', () => {
    const freezes = [
      stop('2026-03-20T00:00:00Z', null, { sites: ['Metz'] }),
      stop('2026-03-01T00:00:00Z', '2026-03-20T12:00:00Z'),
      stop('2026-03-20T12:00:01Z', null),
    ]
    expect(told({ freezes }, ['Lyon'], '2026-03-20T12:00Z')).toBeNull()
  })
})

describe('a line lead reads why it is closed', () => {
  test('outside the hours, with the day they open', () => {
    expect(told({ hours: [lyon] }, ['Lyon'], '2026-03-20T18:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris); opens Mon 07:00',
      '2026-03-23T06:00Z',
    ])
  })

  test('with the date where a weekday alone would be taken for today', () => {
    const mondays = entry({ days: ['mon'] })
    expect(told({ hours: [mondays] }, ['Lyon'], '2026-03-16T18:00Z')).toEqual([
      'outside the hours of Lyon (Mon 07:00–19:00 Europe/Paris); opens Mon 23 Mar 07:00',
      '2026-03-23T06:00Z',
    ])
    expect(told({ hours: [mondays] }, ['Lyon'], '2026-03-17T18:00Z')?.[0]).toMatch(/opens Mon 07:00$/)
  })

  test.each([
    [{ days: dayNames }, 'daily 07:00–19:00 Europe/Paris'],
    [{ days: ['sun', 'sat'] }, 'Sat, Sun 07:00–19:00 Europe/Paris'],
    [{ days: ['mon', 'wed', 'thu', 'fri'] }, 'Mon, Wed–Fri 07:00–19:00 Europe/Paris'],
    [{ days: ['mon'], from: '00:00', to: '00:00' }, 'Mon all day Europe/Paris'],
    [{ days: ['mon'], from: '06:00', to: '06:00' }, 'Mon 06:00–06:00 Europe/Paris'],
    [{ zone: 'UTC', from: '22:00', to: '06:00' }, 'Mon–Fri 22:00–06:00 UTC'],
  ])('with the hours %j as "%s"', (what, expected) => {
    expect(told({ hours: [entry(what)] }, ['Lyon'], '2026-03-17T20:00Z')?.[0]).toContain(`(${expected})`)
  })

  test('with all entries of the site, and zones that differ', () => {
    const saturday = entry({ days: ['sat'], to: '12:00' })
    const sunday = entry({ days: ['sun'], zone: 'UTC' })
    expect(told({ hours: [lyon, sunday, saturday] }, ['Lyon'], '2026-03-20T18:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00, Sat 07:00–12:00 Europe/Paris, Sun 07:00–19:00 UTC); opens Sat 07:00',
      '2026-03-21T06:00Z',
    ])
  })

  test('frozen, told by the clock on the wall of the site', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', '2026-03-20T17:00:00Z')]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-20T12:00Z')).toEqual([
      'frozen until Fri 18:00 Europe/Paris: inventory',
      '2026-03-20T17:00Z',
    ])
  })

  test('frozen, told by the clock that was written where no hours name a zone', () => {
    const until = (to: string) =>
      told({ freezes: [stop('2026-03-20T00:00:00Z', to)] }, ['Lyon'], '2026-03-20T12:00Z')?.[0]
    expect(until('2026-03-20T22:30:00+05:30')).toBe('frozen until Fri 22:30 +05:30: inventory')
    expect(until('2026-03-20T17:00:00Z')).toBe('frozen until Fri 17:00 UTC: inventory')
    expect(until('2026-03-27T17:00:00Z')).toBe('frozen until Fri 27 Mar 17:00 UTC: inventory')
    expect(until('2027-01-01T17:00:00Z')).toBe('frozen until Fri 1 Jan 2027 17:00 UTC: inventory')
  })

  test('frozen at those of the sites that are', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', '2026-03-20T17:00:00Z', { sites: ['Metz', 'LYON'] })]
    expect(told({ freezes }, ['Ulm', 'Lyon'], '2026-03-20T12:00Z')?.[0]).toBe(
      'frozen at Lyon until Fri 17:00 UTC: inventory',
    )
  })

  test('frozen until it is lifted, and no moment of opening', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', null)]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-21T12:00Z')).toEqual([
      'frozen until lifted: inventory',
      null,
    ])
  })
})

describe('of all that is closed', () => {
  test('the site that opens last is named', () => {
    expect(told({ hours: [austin, lyon] }, ['Austin', 'Lyon'], '2026-03-20T03:00Z')).toEqual([
      'outside the hours of Austin (Mon–Fri 07:00–19:00 America/Chicago); opens Fri 07:00',
      '2026-03-20T12:00Z',
    ])
  })

  test('what is open now is not named, though it may be closed when the rest opens', () => {
    expect(told({ hours: [austin, lyon] }, ['Lyon', 'Austin'], '2026-03-19T20:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris); opens Fri 07:00, can advance from Fri 13:00',
      '2026-03-20T12:00Z',
    ])
  })

  test('three sites around the world wait for the hour and a half that they share', () => {
    const all = ['Lyon', 'Austin', 'Pune']
    expect(told({ hours: [lyon, austin, pune] }, all, '2026-03-20T19:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris); opens Mon 07:00, can advance from Mon 17:30',
      '2026-03-23T16:30Z',
    ])
    expect(told({ hours: [lyon, austin, pune] }, all, '2026-03-23T17:59Z')).toBeNull()
  })

  test('a freeze is named when it ends after the hours open', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', '2026-03-23T09:00:00Z')]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-20T20:00Z')).toEqual([
      'frozen until Mon 10:00 Europe/Paris: inventory',
      '2026-03-23T09:00Z',
    ])
  })

  test('a freeze is named before hours that open later: it is what nobody may override', () => {
    const freezes = [
      stop('2026-03-20T00:00:00Z', '2026-03-23T05:59:00Z'),
      stop('2026-03-20T00:00:00Z', '2026-03-22T05:59:00Z', { why: 'audit' }),
    ]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-20T20:00Z')).toEqual([
      'frozen until Mon 06:59 Europe/Paris: inventory, can advance from Mon 07:00',
      '2026-03-23T06:00Z',
    ])
  })

  test('what is named says which kind it is', () => {
    const kind = (freezes: Policy['freezes']) =>
      closedBecause({ hours: [lyon], freezes }, ['Lyon'], Date.parse('2026-03-20T20:00Z'))?.kind
    expect(kind([])).toBe('window')
    expect(kind([stop('2026-03-20T00:00:00Z', '2026-03-20T21:00:00Z')])).toBe('freeze')
  })

  test('a freeze that ends at night tells the morning after', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', '2026-03-20T23:00:00Z')]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-20T12:00Z')).toEqual([
      'frozen until Sat 00:00 Europe/Paris: inventory, can advance from Mon 07:00',
      '2026-03-23T06:00Z',
    ])
  })

  test("hours of the organisation and the procedure's own both hold, and neither opens the other", () => {
    const saturdays = entry({ days: ['sat'] })
    const both = (now: string) =>
      told(
        { hours: [entry({ from: '09:00', to: '15:00' }), saturdays], organisationHours: [lyon] },
        ['Lyon'],
        now,
      )
    expect(both('2026-03-20T11:00Z')).toBeNull()
    expect(both('2026-03-20T07:00Z')?.[0]).toMatch(/^outside .* 09:00–15:00, .*; opens Fri 09:00$/)
    expect(both('2026-03-21T11:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris); opens Mon 07:00, can advance from Mon 09:00',
      '2026-03-23T08:00Z',
    ])
  })

  test('a freeze to come keeps closed what would open in it', () => {
    const freezes = [
      stop('2026-03-23T00:00:00+01:00', '2026-03-24T00:00:00+01:00'),
      stop('2026-03-23T23:00:00+01:00', '2026-03-25T10:30:00+01:00'),
    ]
    expect(told({ hours: [lyon], freezes }, ['Lyon'], '2026-03-20T20:00Z')).toEqual([
      'outside the hours of Lyon (Mon–Fri 07:00–19:00 Europe/Paris); opens Mon 07:00, can advance from Wed 10:30',
      '2026-03-25T09:30Z',
    ])
  })

  test('sites that are never open together are told so', () => {
    const early = entry({ sites: ['Lyon'], from: '06:00', to: '12:00' })
    const late = entry({ sites: ['Metz'], from: '12:00', to: '18:00' })
    expect(told({ hours: [early, late] }, ['Lyon', 'Metz'], '2026-03-20T07:00Z')).toEqual([
      'outside the hours of Metz (Mon–Fri 12:00–18:00 Europe/Paris); opens Fri 12:00, but nothing can advance within 60 days',
      null,
    ])
  })

  test('an end beyond 60 days is told and is no moment to wait for', () => {
    const freezes = [stop('2026-03-20T00:00:00Z', '2026-06-30T00:00:00Z')]
    expect(told({ freezes }, ['Lyon'], '2026-03-20T12:00Z')).toEqual([
      'frozen until Tue 30 Jun 00:00 UTC: inventory',
      null,
    ])
  })

  test('the sixtieth day still counts', () => {
    const until = (to: string) =>
      told({ freezes: [stop('2026-03-20T00:00:00Z', to)] }, ['Lyon'], '2026-03-20T12:00Z')?.[1]
    expect(until('2026-05-19T12:00:00Z')).toBe('2026-05-19T12:00Z')
    expect(until('2026-05-19T12:01:00Z')).toBeNull()
  })
})

describe('for any hours and freezes', () => {
  const zones = ['Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC']
  const sites = ['Lyon', 'Porto', 'Pune']
  const time = fc
    .integer({ min: 0, max: 95 })
    .map(
      (quarter) =>
        `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${['00', '15', '30', '45'][quarter % 4]}`,
    )
  const someHours = fc.record({
    sites: fc.subarray(sites),
    zone: fc.constantFrom(...zones),
    days: fc.uniqueArray(fc.constantFrom(...dayNames), { minLength: 1 }),
    from: time,
    to: time,
  })
  // From three weeks before Paris puts its clocks forward; New York does so in between.
  const start = Date.parse('2026-03-08T00:00Z')
  const moment = fc.integer({ min: 0, max: 28 * 24 * 60 }).map((minutes) => start + minutes * minute)
  const someFreeze = fc
    .record({ from: moment, hours: fc.integer({ min: 1, max: 200 }), sites: fc.subarray(sites) })
    .map(({ from, hours, sites }) =>
      stop(new Date(from).toISOString(), new Date(from + hours * hour).toISOString(), { sites }),
    )
  const policy = fc.record({
    hours: fc.array(someHours, { maxLength: 4 }),
    organisationHours: fc.array(someHours, { maxLength: 2 }),
    freezes: fc.array(someFreeze, { maxLength: 3 }),
  })

  test('it is open at opensAt, and at no minute before', () => {
    fc.assert(
      fc.property(
        policy,
        fc.subarray(sites),
        moment,
        fc.integer({ min: 0, max: 96 }),
        (some, of, now, step) => {
          const closed = closedBecause(some, of, now)
          fc.pre(closed !== null)
          const end = closed.opensAt ?? now + 60 * day
          if (closed.opensAt !== null) expect(closedBecause(some, of, closed.opensAt)).toBeNull()
          const minutes = Math.ceil((end - now) / minute)
          // Some fifty of the minutes in between, and the last ones one by one.
          const stride = Math.max(1, Math.floor(minutes / 50))
          for (let index = step % stride; index < minutes; index += stride)
            expect(closedBecause(some, of, now + index * minute)?.opensAt).toBe(closed.opensAt)
          for (let index = Math.max(0, minutes - 20); index < minutes; index += 1)
            expect(closedBecause(some, of, now + index * minute)).not.toBeNull()
        },
      ),
      { numRuns: 40 },
    )
  })
})
