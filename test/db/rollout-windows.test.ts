// What is read to count a batch: the claims on it, and no more of a fleet than the batch needs.
import { expect, test } from 'vitest'
import { windowOf, windowsFor } from '../../db/rollout-windows.ts'
import { defaultGates, gates } from '../../server/domain/gates/gate.ts'
import type { StationId } from '../../server/domain/ids.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine, rawRollout } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const from = Date.parse('2026-05-22T06:00:00Z')
const hour = 3_600_000
const line = await rawLine(db, { stations: 4, deployments: 2 })
const claim = {
  canary: 1,
  base: 0,
  stations: line.stations.slice(0, 3),
  gates: gates.parse(defaultGates),
  usual: { duration: 0.1 + 0.2 },
  usualRates: {
    'first-pass yield': { '': 0.1 / 3, '0 A': 0.01, '1 A': 0.02, '2 ': 0.5 },
    duration: { '': 0.5 },
  },
}
const ended = await rawRollout(db, line, { ...claim, from, to: from + hour })
const live = await rawRollout(db, line, { ...claim, from: from + hour, to: null })
const at = (place: number, startedAt: number, product: string | null = 'A', shift = 0) => ({
  stationId: line.stations[place] as StationId,
  startedAt,
  product,
  shift,
})

const ofLine = async (toCount: ReturnType<typeof at>[]) =>
  (await windowsFor(db, [{ procedureId: line.procedureId, toCount }])).get(line.procedureId) ?? []

test('they are those that end after the earliest run, for one of them may move a first attempt', async () => {
  const idsOf = async (earliest: number) =>
    (await ofLine([at(0, from + 9 * hour), at(1, earliest)])).map(({ rolloutId }) => rolloutId)
  expect((await idsOf(from - 1)).sort()).toEqual([ended, live].sort())
  expect(await idsOf(from + hour)).toEqual([live])
})

test('only the stations and the usual rates of the batch come with them, exact to the last digit', async () => {
  const [window] = await ofLine([
    at(1, from + hour),
    at(2, from + hour, 'never seen', 1),
    at(3, from + hour, null, 2),
  ])
  const duration = new Map([['duration', 0.1 + 0.2]])
  expect(window?.stations).toEqual(
    new Map([
      [line.stations[1], duration],
      [line.stations[2], duration],
    ]),
  )
  expect(window?.usualRates).toEqual({
    'first-pass yield': { '': 0.1 / 3, '0 A': 0.01, '2 ': 0.5 },
    duration: { '': 0.5 },
  })
  expect(window?.countings.map(({ key }) => key)).toEqual([
    'first-pass yield',
    'error rate',
    'timeout rate',
    'duration',
  ])
})

test('of several procedures each has its own, by its own earliest run and its own stations', async () => {
  const other = await rawLine(db, { stations: 1, deployments: 2 })
  const theirs = await rawRollout(db, other, { ...claim, stations: other.stations, from, to: from + hour })
  const found = await windowsFor(db, [
    { procedureId: line.procedureId, toCount: [at(0, from + hour)] },
    {
      procedureId: other.procedureId,
      toCount: [{ ...at(0, from), stationId: other.stations[0] as StationId }],
    },
  ])
  expect(found.size).toBe(2)
  for (const [procedureId, rollout, station] of [
    [line.procedureId, live, line.stations[0]],
    [other.procedureId, theirs, other.stations[0]],
  ] as const) {
    const windows = found.get(procedureId) ?? []
    expect(windows.map(({ rolloutId, stations }) => [rolloutId, ...stations.keys()])).toEqual([
      [rollout, station],
    ])
  }
})

test('a rollout’s own window has all its rates, and its stations where the process counts by itself', async () => {
  const window = await windowOf(db, line.procedureId, ended)
  expect(window).toMatchObject({ usualRates: claim.usualRates, startedAt: from, endedAt: from + hour })
  expect([...(window?.stations ?? [])]).toEqual([])
  const custom = gates.parse([{ metric: 'custom', name: 'current', statistic: 'mean', read: 'mA' }])
  const other = await rawRollout(db, line, { ...claim, gates: custom, from: from + hour, to: from + hour })
  const counting = await windowOf(db, line.procedureId, other)
  expect([...(counting?.stations.keys() ?? [])].sort()).toEqual(claim.stations.toSorted())
})
