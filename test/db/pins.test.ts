// Pins as half-open intervals: what each station was asked to run, at any moment.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { rows } from '../../db/client.ts'
import { pinStations, pinsChannel, unpinStation } from '../../db/pins.ts'
import { pinnedDeployment } from '../../db/registry.ts'
import type { DeploymentId, StationId } from '../../server/domain/ids.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine } from '../support/raw-line.ts'

const database = await openTestDatabase()
const { db } = database
const begin = Date.parse('2026-05-22T06:00:00Z')

const pin = (line: RawLine, stations: StationId[], deployment: number, minute: number) =>
  db.transaction((tx) =>
    pinStations(tx, {
      procedureId: line.procedureId,
      stations,
      deploymentId: line.deployments[deployment] as DeploymentId,
      rolloutId: null,
      now: begin + minute * 60_000,
    }),
  )
const history = (station: StationId | undefined) =>
  rows<{ build: string; from: number; to: number | null }>(
    db,
    sql`select deployment_id::text as build, ((extract(epoch from from_at) * 1000 - ${begin}) / 60000)::int as "from",
          ((extract(epoch from to_at) * 1000 - ${begin}) / 60000)::int as "to"
        from pins where station_id = ${station}::uuid order by id`,
  )

test('a new pin ends the one before at the same moment; the same pin again stays', async () => {
  const line = await rawLine(db, { stations: 2, deployments: 2 })
  const [a, b] = line.stations
  if (!a || !b) throw new Error('two stations expected')
  await pin(line, [a, b], 0, 0)
  await pin(line, [a, b], 0, 5)
  await pin(line, [a], 1, 10)
  await pin(line, [a], 0, 20)
  const [base, next] = line.deployments
  expect(await history(a)).toEqual([
    { build: base, from: 0, to: 10 },
    { build: next, from: 10, to: 20 },
    { build: base, from: 20, to: null },
  ])
  expect(await history(b)).toEqual([{ build: base, from: 0, to: null }])
})

test('a clock that goes back makes an empty interval, never a backward one', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 2 })
  await pin(line, line.stations, 0, 10)
  await pin(line, line.stations, 1, 5)
  expect(await history(line.stations[0])).toMatchObject([{ from: 10, to: 10 }, { to: null }])
})

test('an unpinned station has no pin from then on', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const [station] = line.stations
  if (!station) throw new Error('a station expected')
  await pin(line, [station], 0, 0)
  await db.transaction((tx) => unpinStation(tx, line.procedureId, station, begin + 60_000))
  expect(await pinnedDeployment(db, line.procedureId, station)).toBeNull()
  expect(await history(station)).toMatchObject([{ from: 0, to: 1 }])
})

test('each station whose pin changed is announced, when the change is committed and not before', async () => {
  const line = await rawLine(db, { stations: 3, deployments: 2 })
  const [a, b, c] = line.stations
  if (!a || !b || !c) throw new Error('three stations expected')
  await pin(line, [a, b], 0, 0)
  const heard = new Set<string>()
  const stop = await database.listen(pinsChannel, (station) => heard.add(station))
  const rolledBack = db.transaction(async (tx) => {
    await unpinStation(tx, line.procedureId, a, begin)
    throw new Error('taken back')
  })
  await expect(rolledBack).rejects.toThrow('taken back')
  await pin(line, [a], 0, 1)
  await pin(line, [b, c], 1, 2)
  // Whoever committed has heard it when the commit returns.
  expect(heard).toEqual(new Set([b, c]))
  await stop()
})

test('another process hears it too', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  const [station] = line.stations
  if (!station) throw new Error('a station expected')
  const { promise, resolve } = Promise.withResolvers<string>()
  const stop = await database.listen(pinsChannel, resolve)
  // Without a transaction of ours around it, nothing but NOTIFY tells of it.
  await db.execute(sql`select pg_notify(${pinsChannel}, ${station})`)
  expect(await promise).toBe(station)
  await stop()
})
