import { expect, test } from 'vitest'
import type { Freeze } from '../../server/domain/freeze.ts'
import { nextWindow } from '../../server/domain/next-window.ts'
import { type OpeningHours, openingHours } from '../../server/domain/opening-hours.ts'

const at = (text: string) => Date.parse(text)
const week = (sites: string[], from: string, to: string): OpeningHours =>
  openingHours.parse({ sites, zone: 'Europe/Paris', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from, to })
const of = (hours: OpeningHours[], freezes: Freeze[] = []) => ({ hours, organisationHours: [], freezes })
// A Wednesday, 10:00 in Paris.
const wednesday = at('2026-05-20T08:00:00Z')

test('without hours and freezes it is open, for as long as one can see', () => {
  expect(nextWindow(of([]), ['Lyon'], wednesday)).toEqual({
    isOpen: true,
    why: null,
    opensAt: wednesday,
    closesAt: null,
    sites: [],
  })
})

test('open hours end at their end', () => {
  const found = nextWindow(of([week([], '07:00', '19:00')]), ['Lyon'], wednesday)
  expect(found).toMatchObject({ isOpen: true, closesAt: at('2026-05-20T17:00:00Z') })
})

test('closed hours open with the next day of theirs, and end with it', () => {
  const saturday = at('2026-05-23T08:00:00Z')
  expect(nextWindow(of([week([], '07:00', '19:00')]), ['Lyon'], saturday)).toMatchObject({
    isOpen: false,
    opensAt: at('2026-05-25T05:00:00Z'),
    closesAt: at('2026-05-25T17:00:00Z'),
    why: expect.stringContaining('outside the hours of Lyon'),
  })
})

test('a window of several sites is what their hours have in common, and each is told alone', () => {
  const policy = of([week(['Lyon'], '07:00', '12:00'), week(['Graz'], '11:00', '19:00')])
  const found = nextWindow(policy, ['Graz', 'Lyon'], wednesday)
  expect(found).toMatchObject({
    isOpen: false,
    opensAt: at('2026-05-20T09:00:00Z'),
    closesAt: at('2026-05-20T10:00:00Z'),
  })
  expect(found.sites).toMatchObject([
    { site: 'Graz', isOpen: false, opensAt: at('2026-05-20T09:00:00Z') },
    { site: 'Lyon', isOpen: true, closesAt: at('2026-05-20T10:00:00Z') },
  ])
})

test('a freeze that is to come ends the window', () => {
  const audit = { from: '2026-05-20T13:00:00+02:00', to: null, why: 'audit', sites: [] }
  const found = nextWindow(of([week([], '07:00', '19:00')], [audit]), ['Lyon'], wednesday)
  expect(found.closesAt).toBe(at('2026-05-20T11:00:00Z'))
})

test('a freeze without an end has no window at all', () => {
  const audit = { from: '2026-05-20T09:00:00+02:00', to: null, why: 'audit', sites: [] }
  expect(nextWindow(of([], [audit]), ['Lyon'], wednesday)).toMatchObject({
    isOpen: false,
    opensAt: null,
    closesAt: null,
  })
})

test('hours that follow on each other are one window, also over midnight', () => {
  const night = openingHours.parse({ zone: 'Europe/Paris', days: ['wed'], from: '19:00', to: '05:00' })
  const found = nextWindow(of([week([], '07:00', '19:00'), night]), ['Lyon'], wednesday)
  expect(found.closesAt).toBe(at('2026-05-21T03:00:00Z'))
})
