// What stations tested lately: volume of any build, yield of the active one, its past by day.
import { expect, test } from 'vitest'
import { recentWork } from '../../db/recent-work.ts'
import { hourlyTallies } from '../../db/schema/runs.ts'
import { day, hour } from '../../server/domain/instant.ts'
import { openTestDatabase } from '../support/open-test-database.ts'
import { type RawLine, rawLine } from '../support/raw-line.ts'

const { db } = await openTestDatabase()
const now = Date.parse('2026-05-22T06:30:00Z')
const thisHour = now - hour / 2

type Tally = { station?: number; build?: number; hoursAgo: number; units: number; bad?: number }
async function tallied(line: RawLine, ...tallies: Tally[]): Promise<void> {
  for (const { station = 0, build = 0, hoursAgo, units, bad = 0 } of tallies)
    await db.insert(hourlyTallies).values({
      procedureId: line.procedureId,
      deploymentId: line.deployments[build] ?? raise(),
      stationId: line.stations[station] ?? raise(),
      hour: new Date(thisHour - hoursAgo * hour),
      units,
      passed: units - bad,
      runs: units,
    })
}
const workOf = (line: RawLine, build = 0) =>
  recentWork(db, { procedureId: line.procedureId, baseDeploymentId: line.deployments[build] ?? null }, now)

test('sums units of every build, and passes of the active one, by station', async () => {
  const line = await rawLine(db, { stations: 3, deployments: 2 })
  await tallied(
    line,
    { hoursAgo: 0, units: 10, bad: 1 },
    { hoursAgo: 30, units: 20, bad: 2 },
    { hoursAgo: 30, units: 5, bad: 5, build: 1 },
    { station: 1, hoursAgo: 2, units: 7, build: 1 },
  )
  const work = await workOf(line)
  const byStation = new Map(work.map((each) => [each.stationId, each]))
  expect(work).toHaveLength(2)
  const today = Math.floor(now / day)
  expect(byStation.get(line.stations[0] ?? raise())).toMatchObject({
    units: 35,
    firstAt: thisHour - 30 * hour,
    baseUnits: 30,
    basePassed: 27,
    days: [
      { day: today - 1, n: 20, bad: 2 },
      { day: today, n: 10, bad: 1 },
    ],
  })
  expect(byStation.get(line.stations[1] ?? raise())).toMatchObject({ units: 7, baseUnits: 0, days: [] })
})

test('takes as past the newest hours until there are 2,000 first attempts, and all of them as volume', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  await tallied(
    line,
    { hoursAgo: 1, units: 1500, bad: 15 },
    { hoursAgo: 25, units: 600, bad: 6 },
    { hoursAgo: 49, units: 700, bad: 700 },
  )
  const [work] = await workOf(line)
  expect(work).toMatchObject({ units: 2800, baseUnits: 2800 })
  expect(work?.days.map(({ n, bad }) => [n, bad])).toEqual([
    [600, 6],
    [1500, 15],
  ])
})

test('leaves out what is older than fourteen days, stations that are linked no more, and other procedures', async () => {
  const [line, other] = [
    await rawLine(db, { stations: 1, deployments: 1 }),
    await rawLine(db, { stations: 1, deployments: 1 }),
  ]
  await tallied(line, { hoursAgo: 14 * 24 + 1, units: 9 }, { hoursAgo: 14 * 24 - 1, units: 3 })
  await tallied({ ...line, stations: other.stations }, { hoursAgo: 1, units: 50 })
  await tallied(other, { hoursAgo: 1, units: 70 })
  expect(await workOf(line)).toMatchObject([{ stationId: line.stations[0], units: 3 }])
})

test('knows no yield of a procedure without an active build', async () => {
  const line = await rawLine(db, { stations: 1, deployments: 1 })
  await tallied(line, { hoursAgo: 1, units: 4 })
  const work = await recentWork(db, { procedureId: line.procedureId, baseDeploymentId: null }, now)
  expect(work).toMatchObject([{ units: 4, baseUnits: 0, basePassed: 0, days: [] }])
})

function raise(): never {
  throw new Error('the line has no such station or build')
}
