import { expect, test } from 'vitest'
import { closedSpans } from '../../server/domain/closed-spans.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { openingHours } from '../../server/domain/opening-hours.ts'

const monday = Date.UTC(2026, 2, 2)
const week = { from: monday, to: monday + 7 * day }
const days = ['mon', 'tue', 'wed', 'thu', 'fri']
const office = openingHours.parse({ zone: 'UTC', days, from: '06:00', to: '22:00' })
const policy = { hours: [office], organisationHours: [], freezes: [] }
const spans = (of: Parameters<typeof closedSpans>[0], range = week) =>
  closedSpans(of, ['Lyon'], range).map(({ from, to, kind }) => [
    (from - monday) / hour,
    (to - monday) / hour,
    kind,
  ])

test('nights and the weekend are closed', () => {
  expect(spans(policy)).toEqual([
    [0, 6, 'window'],
    [22, 30, 'window'],
    [46, 54, 'window'],
    [70, 78, 'window'],
    [94, 102, 'window'],
    [118, 168, 'window'],
  ])
})

test.each([
  ['forward', '2026-03-28T12:00Z', [0, 9, 16, 30]],
  ['back', '2026-10-24T12:00Z', [0, 8, 17, 30]],
])('a night shift is as long as the clock on the wall says where clocks are put %s', (_, from, edges) => {
  const began = Date.parse(from)
  const night = openingHours.parse({ zone: 'Europe/Paris', from: '22:00', to: '06:00' })
  const range = { from: began, to: began + 30 * hour }
  const found = closedSpans({ ...policy, hours: [night] }, ['Lyon'], range)
  // From 22:00 to 06:00 it is open for seven hours, or nine; closed before and after.
  expect(found.flatMap((span) => [span.from, span.to].map((at) => (at - began) / hour))).toEqual(edges)
})

test('a freeze closes what is open', () => {
  const freeze = {
    from: '2026-03-03T10:00:00Z',
    to: '2026-03-03T12:30:00Z',
    why: 'audit',
    sites: [],
  }
  expect(
    spans({ ...policy, freezes: [freeze] }, { from: monday + 30 * hour, to: monday + 46 * hour }),
  ).toEqual([[34, 36.5, 'freeze']])
})

test('without hours nothing is ever closed, and what never opens is closed to the end', () => {
  expect(spans({ ...policy, hours: [] })).toEqual([])
  const forever = { from: '2026-03-02T00:00:00Z', to: null, why: 'recall', sites: [] }
  expect(spans({ ...policy, hours: [], freezes: [forever] })).toEqual([[0, 168, 'freeze']])
})

test('a year is looked at in less than a second', () => {
  const began = performance.now()
  const found = closedSpans(policy, ['Lyon'], { from: monday, to: monday + 365 * day })
  expect(found.length).toBeGreaterThan(100)
  expect(performance.now() - began).toBeLessThan(1_000)
})
