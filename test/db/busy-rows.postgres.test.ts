// Notes on rows that another transaction is changing: many pass over them, one alone waits.
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { notePinServed, notePinsServed, pinStations } from '../../db/pins.ts'
import { addStationKey, noteKeysUsed } from '../../db/station-keys.ts'
import type { DeploymentId, StationId } from '../../server/domain/ids.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { rawLine } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const begin = Date.parse('2026-05-22T06:00:00Z')
const line = await rawLine(db, { stations: 2, deployments: 2 })
const [held, free] = line.stations as [StationId, StationId]
const pin = { procedureId: line.procedureId, rolloutId: null, now: begin }
const [base, next] = line.deployments as [DeploymentId, DeploymentId]
await db.transaction((tx) => pinStations(tx, { ...pin, stations: [held, free], deploymentId: base }))

test('that keys are used', async () => {
  const uses = [held, free].map((stationId) => ({ hash: `key of ${stationId}`, stationId, at: begin }))
  for (const { hash, stationId } of uses)
    await addStationKey(db, { hash, stationId, prefix: 'key', createdAt: new Date(begin) })
  const [own] = uses.filter(({ stationId }) => stationId === held)
  if (!own) throw new Error('a use expected')
  let waiting: Promise<Set<string>> | undefined
  await db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from stations where id = ${held}::uuid for no key update`)
    expect(await noteKeysUsed(db, uses)).toEqual(new Set([`key of ${free}`]))
    waiting = noteKeysUsed(db, [own], 'wait')
  })
  expect(await waiting).toEqual(new Set([own.hash]))
})

test('that pins are told: one that is being ended meanwhile is not', async () => {
  const pins = Array.from(
    (await db.execute(
      sql`select id::text as id, station_id::text as station from pins where to_at is null order by id`,
    )) as unknown as { id: string; station: StationId }[],
    (row) => ({ ...row, procedureId: line.procedureId }),
  )
  const [own] = pins.filter(({ station }) => station === held)
  if (!own) throw new Error('a pin expected')
  let waiting: Promise<boolean> | undefined
  await db.transaction(async (tx) => {
    await pinStations(tx, { ...pin, stations: [held], deploymentId: next })
    const others = pins.filter(({ station }) => station === free).map(({ id }) => id)
    expect(await notePinsServed(db, pins, begin)).toEqual(new Set(others))
    waiting = notePinServed(db, own, begin)
  })
  expect(await waiting).toBe(false)
})
