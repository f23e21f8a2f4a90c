import { expect, test } from 'vitest'
import { fleetRow } from '../../../server/domain/fleet/fleet-row.ts'
import { fleetView } from '../../../server/domain/fleet/fleet-view.ts'
import { noon, uuid } from '../../support/fixed-values.ts'
import { boards, everything, fleetFacts, right, wrong } from '../../support/fleet-builder.ts'

const minute = 60_000
const kinds = (number: number, part: Parameters<typeof fleetFacts>[1]) =>
  fleetRow(fleetFacts(number, part)).troubles.map(({ kind }) => kind)

test('a station that runs what it should has no trouble', () => {
  expect(fleetRow(fleetFacts(1))).toMatchObject({ progress: 'confirmed', troubles: [] })
})

test('a station strays when it took its build and then ran another, alarm or not', () => {
  const strays = { ran: { ...wrong, at: noon } }
  expect(fleetRow(fleetFacts(1, strays)).troubles).toEqual([
    { kind: 'drifted', since: noon, detail: 'runs 2.3.9 instead of 2.4.0' },
  ])
  // Since when is what the alarm knows better.
  const told = fleetRow(fleetFacts(1, { ...strays, alarms: [{ kind: 'drifted', since: noon - minute }] }))
  expect(told.troubles).toEqual([{ kind: 'drifted', since: noon - minute, detail: null }])
})

test('a run of the former build from before the pin is no trouble: the station has not tested since', () => {
  const late = { pulled: null, ran: { ...wrong, at: noon - 6 * 60 * minute } }
  expect(fleetRow(fleetFacts(1, late))).toMatchObject({ progress: 'told', troubles: [] })
})

test('every kind of trouble is told, the worst first', () => {
  expect(
    kinds(1, {
      clockAheadMs: 10 * minute,
      heardAt: null,
      pulled: { ...right, state: 'failed', message: 'disk full', at: noon },
      ran: null,
      alarms: [
        { kind: 'stale', since: noon },
        { kind: 'reference sample', since: noon },
        { kind: 'revert overdue', since: noon },
        { kind: 'runs what was taken back', since: noon },
        { kind: 'pinned but silent', since: noon },
      ],
    }),
  ).toEqual(['taken back', 'reference sample', 'not back', 'failed', 'silent', 'never seen', 'clock off'])
})

const rows = [
  fleetFacts(1),
  fleetFacts(2, { alarms: [{ kind: 'stale', since: noon - 5 * minute }] }),
  fleetFacts(3, { ran: { ...wrong, at: noon } }),
  fleetFacts(4, { aside: 'held: new fixture' }),
  fleetFacts(5, { pulled: null, ran: null }),
  fleetFacts(6, { alarms: [{ kind: 'stale', since: noon - 50 * minute }] }),
].map(fleetRow)
const names = (filter: Partial<typeof everything>) =>
  fleetView(rows, { ...everything, ...filter }).rows.map(({ station }) => station.name)

test('drift comes before silence, the longest first, then what is on its way, what is aside, and the rest', () => {
  expect(names({})).toEqual(['ST-03', 'ST-06', 'ST-02', 'ST-05', 'ST-04', 'ST-01'])
})

test('a filter leaves what is asked for, without regard to case', () => {
  expect(names({ trouble: 'silent' })).toEqual(['ST-06', 'ST-02'])
  expect(names({ trouble: 'any' })).toEqual(['ST-03', 'ST-06', 'ST-02'])
  expect(names({ trouble: 'aside' })).toEqual(['ST-04'])
  expect(names({ trouble: 'catching up' })).toEqual(['ST-05'])
  expect(names({ site: 'lyon', line: 'l1' })).toEqual(['ST-06', 'ST-02', 'ST-04'])
  expect(names({ site: 'Penang' })).toEqual([])
  expect(names({ search: 't-0', trouble: 'drifted' })).toEqual(['ST-03'])
  expect(names({ procedure: boards.id })).toHaveLength(6)
})

test('counts are of what the filter of places leaves, whatever trouble is chosen', () => {
  const { counts, total, known } = fleetView(rows, { ...everything, trouble: 'silent' })
  expect(counts).toEqual({
    stations: 6,
    troubled: 3,
    aside: 1,
    catchingUp: 1,
    kinds: { drifted: 1, silent: 2 },
  })
  expect(total).toBe(2)
  expect(known).toEqual({ sites: ['Lyon'], lines: ['L1', 'L2'], procedures: [boards] })
  expect(fleetView(rows, { ...everything, line: 'L2' }).counts.stations).toBe(3)
})

test('a station with two procedures is counted once and listed for each', () => {
  const other = { id: boards.id, name: 'Modules' } as typeof boards
  const twice = [
    fleetFacts(1),
    fleetFacts(1, { procedure: { ...other, id: uuid(5, 2) as typeof boards.id } }),
  ]
  const view = fleetView(twice.map(fleetRow), everything)
  expect(view.counts.stations).toBe(1)
  expect(view.rows.map(({ procedure }) => procedure?.name)).toEqual(['Boards', 'Modules'])
})

test('lines are told with what they have, the most troubled first', () => {
  expect(fleetView(rows, everything).places).toEqual([
    { site: 'Lyon', line: 'L1', stations: 3, troubled: 2, kinds: { silent: 2 } },
    { site: 'Lyon', line: 'L2', stations: 3, troubled: 1, kinds: { drifted: 1 } },
  ])
})

test('builds are told with how many should run, took and ran them', () => {
  expect(fleetView(rows, everything).running).toEqual([
    { build: right, procedure: boards, desired: 6, pulled: 5, ran: 4 },
    { build: wrong, procedure: boards, desired: 0, pulled: 0, ran: 1 },
  ])
})

test('a page has 50 rows, and one beyond the last is the last', () => {
  const many = Array.from({ length: 120 }, (_, index) => fleetRow(fleetFacts(index + 1)))
  const page = (number: number) => fleetView(many, { ...everything, page: number })
  expect(page(1)).toMatchObject({ pageCount: 3, pageSize: 50, total: 120, filter: { page: 1 } })
  expect(page(2).rows[0]?.station.name).toBe('ST-51')
  expect(page(9)).toMatchObject({ filter: { page: 3 } })
  expect(page(9).rows).toHaveLength(20)
})
